"""One partition's outputs as transactions: rows, checkpoint and outputs of a batch appear together or not at all.

The broker fences an older owner of the same partition: its next commit fails, so a worker that slept through
its session cannot write over its successor.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from confluent_kafka import KafkaException, Message, Producer

from schemas import librdkafka
from streams.guard import is_index
from streams.rows import CHECKPOINT, Checkpoint, encode


class Output(NamedTuple):
    """One record for a topic (its full name); the fold's own log may be one of them."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """What folding one event does: rows to write (None deletes) and records to send."""

    writes: Mapping[bytes, bytes | None] = field(default_factory=dict)
    outputs: Sequence[Output] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a partition's transactions go."""

    bootstrap: str
    transactional_id: str
    changelog: str
    log: str
    partition: int
    timeout_s: float
    max_record_bytes: int


class Transactions:
    """The transactional producer of one partition; every method blocks, so call it off the event loop."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._producer = Producer(_settings(target), logger=librdkafka.LOGGER)
        self._end: int | None = None

    def fence(self) -> None:
        """End what a former owner left open; from here on it cannot write."""
        self._retrying(lambda: self._producer.init_transactions(self._target.timeout_s))

    def commit(
        self, writes: Mapping[bytes, bytes | None], outputs: Sequence[Output], checkpoint: Checkpoint
    ) -> int:
        """Make all of it durable; the changelog offset the rows are then at. Any error is final."""
        self._producer.begin_transaction()
        for key, value in writes.items():
            if not is_index(key):
                self._send(self._target.changelog, key, value, partition=self._target.partition)
        for output in outputs:
            home = {"partition": self._target.partition} if output.topic == self._target.log else {}
            self._send(output.topic, output.key, output.value, headers=list(output.headers), **home)
        self._send(
            self._target.changelog,
            CHECKPOINT,
            encode(checkpoint),
            partition=self._target.partition,
            on_delivery=self._noted,
        )
        self._retrying(lambda: self._producer.commit_transaction(self._target.timeout_s))
        if self._end is None:
            raise RuntimeError(
                f"no report for the checkpoint of {self._target.transactional_id}: stop and restore"
            )
        return self._end

    def _send(self, topic: str, key: bytes, value: bytes | None, **options: Any) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, **options)
            except BufferError:
                self._producer.poll(0.1)
            else:
                return

    def _noted(self, error: object, message: Message) -> None:
        self._end = None if error else message.offset()

    def _retrying(self, call: Callable[[], None]) -> None:
        """Repeat while the client says that repeating is safe; a bounded number of times."""
        for _ in range(3):
            try:
                return call()
            except KafkaException as failed:
                if not failed.args[0].retriable():
                    raise
        return call()


def _settings(target: Target) -> dict[str, Any]:
    timeout_ms = int(target.timeout_s * 1000)
    return {
        "bootstrap.servers": target.bootstrap,
        "transactional.id": target.transactional_id,
        "transaction.timeout.ms": timeout_ms,
        "delivery.timeout.ms": timeout_ms,
        "request.timeout.ms": max(1000, timeout_ms // 2),
        "partitioner": "murmur2_random",
        "compression.type": "zstd",
        "linger.ms": 5,  # a commit does not wait for it
        "batch.size": 1_000_000,
        "message.max.bytes": target.max_record_bytes + (64 << 10),
        "queue.buffering.max.messages": 200_000,
        "queue.buffering.max.kbytes": 256 << 10,
    }
