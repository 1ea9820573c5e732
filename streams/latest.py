"""The last record of every key of a compacted topic, read from its beginning to the end it has now.

Two passes a partition: the first notes where each key's last record stands, the second gives those records. So
memory holds keys and offsets only, and a history that is not compacted yet is not told again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from streams import cluster

POLL_S = 0.2
STILL_S = 60.0


class StillError(RuntimeError):
    """A topic's end was not reached: nothing came any more."""


@dataclass(slots=True)
class Last:
    """A record as intake's envelopes take one; the shape they ask for has fields one may set."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def latest(bootstrap: str, topic: str, *, below_tombstones: bool = False) -> Iterator[Last]:
    """Per key its last record. A key that ends in a tombstone is left out, or shown as it was below it."""
    facts = cluster.describe(cluster.connect(bootstrap), [topic])
    consumer = cluster.reader(bootstrap, "tandem.latest")
    try:
        for partition in range(facts[topic].partitions if topic in facts else 0):
            yield from _partition(
                consumer, TopicPartition(topic, partition), below_tombstones=below_tombstones
            )
    finally:
        consumer.close()


def _partition(consumer: Consumer, at: TopicPartition, *, below_tombstones: bool) -> Iterator[Last]:
    low, end = consumer.get_watermark_offsets(at, timeout=30)
    wanted: dict[bytes | None, int] = {}
    for message in _read(consumer, at, low, end):
        if message.value() is not None:
            wanted[message.key()] = message.offset()
        elif not below_tombstones:
            wanted.pop(message.key(), None)
    offsets = set(wanted.values())
    wanted.clear()
    for message in _read(consumer, at, low, end):
        if message.offset() in offsets:
            yield _last(message)


def _read(consumer: Consumer, at: TopicPartition, low: int, end: int) -> Iterator[Message]:
    """Committed records below `end`; the log may end in markers, which only its end of partition passes."""
    position, moved = low, monotonic()
    if position >= end:
        return
    consumer.assign([TopicPartition(at.topic, at.partition, low)])
    while position < end:
        message = consumer.poll(POLL_S)  # one by one: a batch would wait for what does not come any more
        if message is None:
            if monotonic() - moved > STILL_S:
                raise StillError(
                    f"{at.topic}/{at.partition} stands at {position} of {end}: look at the broker"
                )
            continue
        error = message.error()
        if error is None and message.offset() < end:
            yield message
        elif error is not None and error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001  # the documented name
            raise KafkaException(error)
        position, moved = max(position, message.offset() + (error is None)), monotonic()


def _last(message: Message) -> Last:
    headers = tuple((name, value or b"") for name, value in message.headers() or ())
    return Last(
        message.topic(),
        message.partition(),
        message.offset(),
        message.timestamp()[1],
        message.key(),
        message.value(),
        headers,
    )
