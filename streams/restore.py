"""Brings a partition's rows up to the end of their changelog, in whole batches.

It reads committed records only and is done when the *position* has reached the end: the log may end with
control markers, which are no records, so waiting for the last record would wait for ever (hazard N13).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams.guard import is_index
from streams.rows import OWN, Rows, Stamp, Write, wall_clock

BATCH = 5_000
POLL_S = 0.2
FROM_START = -1
TENANTS = OWN + b"\xff"  # where the tenants' keys begin

log = structlog.get_logger(__name__)

#: The look-up rows that follow from one row: `(key, value) -> [(index key, value)]`.
IndexEntries = Callable[[bytes, bytes], Iterable[tuple[bytes, bytes]]]


class AbandonedError(RuntimeError):
    """A rebalance took the partition away while it was restored."""


class TooSlowError(RuntimeError):
    """The changelog's end was not reached by the deadline."""


@dataclass(frozen=True, slots=True)
class Source:
    """The changelog partition to read, and how rows become look-ups."""

    bootstrap: str
    topic: str
    topic_id: str
    partition: int
    index_entries: IndexEntries
    index_version: str
    deadline_s: float
    abandoned: Callable[[], bool]
    keep_s: float  # rows older than this are not caught up: their deletes may be gone from the log
    batch: int = BATCH


def restore(rows: Rows, source: Source) -> int:
    """The number of records read. Rows of another log, or too old to catch up, are wiped first."""
    consumer = _consumer(source.bootstrap)
    try:
        low, end = consumer.get_watermark_offsets(TopicPartition(source.topic, source.partition), timeout=30)
        begin = _begin(rows, source, low, end)
        count = _read(consumer, rows, source, begin, end)
    finally:
        consumer.close()
    if _index_version(rows) != source.index_version:
        _rebuild_index(rows, source)
    return count


def _begin(rows: Rows, source: Source, low: int, end: int) -> int:
    stamp = rows.stamp()
    if stamp is None:
        return low
    why = leftover(stamp, source, end)
    if why is not None:
        log.warning("state.wiped", why=why, path=str(rows.path))
        rows.wipe()
        return low
    return max(low, stamp.offset + 1)


def leftover(stamp: Stamp, source: Source, end: int, now: float | None = None) -> str | None:
    """Why these rows cannot be caught up from this changelog, or None."""
    if stamp.topic_id != source.topic_id:
        return f"they copy changelog {stamp.topic_id}, this cluster's is {source.topic_id}"
    if stamp.offset >= end:
        return f"they stand at offset {stamp.offset}, the changelog ends at {end}"
    age = (wall_clock() if now is None else now) - stamp.written
    if stamp.offset + 1 < end and age > source.keep_s:
        return f"they were last written {age:.0f} s ago; deletes are kept {source.keep_s:.0f} s"
    return None


def _read(consumer: Consumer, rows: Rows, source: Source, begin: int, end: int) -> int:
    """Look-ups are kept up row by row, unless they are of other rules: then they are built at the end."""
    version = _index_version(rows)
    indexed = version in {None, source.index_version}
    consumer.assign([TopicPartition(source.topic, source.partition, begin)])
    until = time.monotonic() + source.deadline_s
    count, position = 0, begin
    while position < end:
        _check_time(source, until, position, end)
        records, position = _sorted_out(consumer.consume(source.batch, POLL_S), position)
        if records:
            stamp = Stamp(
                source.topic_id,
                records[-1].offset(),
                source.index_version if indexed else "",
                wall_clock(),
            )
            rows.write(_writes(rows, records, source.index_entries if indexed else None), stamp, log=False)
            count += len(records)
    rows.flush()
    return count


def _check_time(source: Source, until: float, position: int, end: int) -> None:
    if source.abandoned():
        raise AbandonedError
    if time.monotonic() > until:
        raise TooSlowError(
            f"{source.topic}/{source.partition} restored to {position} of {end} in {source.deadline_s:.0f} s: "
            "look at the broker, or allow more time"
        )


def _sorted_out(messages: list[Message], position: int) -> tuple[list[Message], int]:
    """The records, and the position they and the end-of-partition notes bring us to."""
    records = []
    for message in messages:
        error = message.error()
        if error is None:
            records.append(message)
        elif error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001  # the name confluent-kafka documents
            raise KafkaException(error)
        position = max(position, message.offset() + (error is None))
    return records, position


def _writes(rows: Rows, records: list[Message], index_entries: IndexEntries | None) -> Iterator[Write]:
    latest = {record.key(): record.value() for record in records}
    for key, value in latest.items():
        if index_entries is not None and not key.startswith(OWN):
            yield from index_changes(key, rows.get(key), value, index_entries)
        yield key, value


def index_changes(key: bytes, old: bytes | None, new: bytes | None, entries: IndexEntries) -> Iterator[Write]:
    """What one row's change does to the look-ups that follow from it."""
    if old is not None:
        yield from ((gone, None) for gone, _ in entries(key, old))
    if new is not None:
        yield from entries(key, new)


def _rebuild_index(rows: Rows, source: Source) -> None:
    """All look-ups anew. The stamp names the new rules only at the end, so a crash begins again."""
    stamp = rows.stamp() or Stamp(source.topic_id, FROM_START, "", wall_clock())
    for batch in _batches(row for row in rows.items(TENANTS) if is_index(row[0])):
        rows.write(((key, None) for key, _ in batch), stamp)
    for batch in _batches(row for row in rows.items(TENANTS) if not is_index(row[0])):
        rows.write((entry for key, value in batch for entry in source.index_entries(key, value)), stamp)
    rows.write((), Stamp(source.topic_id, stamp.offset, source.index_version, stamp.written))


def _index_version(rows: Rows) -> str | None:
    stamp = rows.stamp()
    return stamp.index_version if stamp else None


def _batches(rows: Iterator[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    batch: list[tuple[bytes, bytes]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _consumer(bootstrap: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "tandem.restore",  # required by the client; nothing is committed under it
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            "fetch.wait.max.ms": 10,
            "fetch.message.max.bytes": 16 << 20,
            "queued.max.messages.kbytes": 128 << 10,
        }
    )
