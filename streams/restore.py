"""Brings a partition's rows up to the end of their changelog, in whole batches.

It reads committed records only and is done when the *position* has reached the end: the log may end with
control markers, which are no records, so waiting for the last record would wait for ever (hazard N13).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams import cluster
from streams.guard import is_index
from streams.lookups import IndexEntries, Lookups
from streams.rows import OWN, Rows, Stamp, Write, wall_clock

BATCH = 2_000
POLL_S = 0.2
MANY = 50_000  # records from which on rows are loaded rather than written
FROM_START = -1
TENANTS = OWN + b"\xff"  # where the tenants' keys begin

log = structlog.get_logger(__name__)


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
    consumer = cluster.reader(source.bootstrap, "tandem.restore", **{"queued.max.messages.kbytes": 16 << 10})
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
    lookups = Lookups(rows, source.index_entries, empty=version is None) if indexed else None
    consumer.assign([TopicPartition(source.topic, source.partition, begin)])
    until = time.monotonic() + source.deadline_s
    count, position = 0, begin
    with rows.loading() if end - begin > MANY else nullcontext():
        while position < end:
            _check_time(source, until, position, end)
            read = _sorted_out(consumer.consume(source.batch, POLL_S), position)
            position = read.position
            if read.records:
                known = source.index_version if indexed else ""
                stamp = Stamp(source.topic_id, read.last, known, wall_clock())
                rows.write(_writes(read.latest, lookups), stamp, log=False)
                count += read.records
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


class _Read(NamedTuple):
    """One batch: each row as it stands last in it, the last record's offset, and the position it brings us to."""

    latest: dict[bytes, bytes | None]
    records: int
    last: int
    position: int


def _sorted_out(messages: list[Message], position: int) -> _Read:
    """The rows of a batch; notes of the partition's end move the position too."""
    latest: dict[bytes, bytes | None] = {}
    count, last = 0, FROM_START
    for message in messages:
        error = message.error()
        if error is None:
            latest[message.key()] = message.value()
            count, last = count + 1, message.offset()
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  # the name confluent-kafka documents
            position = max(position, message.offset())
        else:
            raise KafkaException(error)
    return _Read(latest, count, last, max(position, last + 1))


def _writes(latest: Mapping[bytes, bytes | None], lookups: Lookups | None) -> Iterator[Write]:
    for key, value in latest.items():
        if lookups is not None and not key.startswith(OWN):
            changes = lookups.changes(key, value)
            if changes:
                yield from changes
        yield key, value


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
