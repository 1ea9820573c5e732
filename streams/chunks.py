"""Whole chunks of a partition, and the ledger that says how far they may be committed.

Faust's own offset bookkeeping counts single messages and stumbles over holes (compaction, transaction
markers). The ledger counts chunks instead: the committed offset is the end of the last chunk before the
first one that is not settled, so holes and settling out of order do not matter.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple, Protocol


class TopicPartition(NamedTuple):
    """One partition of a topic; equal to Faust's and aiokafka's own tuples."""

    topic: str
    partition: int


class Record(Protocol):
    """What the fold needs of one Kafka record (aiokafka's `ConsumerRecord` fits)."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Receipt:
    """One delivered chunk's line in the ledger; `settle` it once all that came of it is durable."""

    __slots__ = ("delivered", "next_offset", "settled")

    def __init__(self, next_offset: int) -> None:
        self.next_offset = next_offset
        self.delivered = monotonic()
        self.settled = False

    def settle(self) -> None:
        self.settled = True


@dataclass(frozen=True, slots=True)
class Chunk:
    """All records of one partition that one fetch brought, in log order, never empty."""

    tp: TopicPartition
    records: Sequence[Record]
    receipt: Receipt

    @property
    def next_offset(self) -> int:
        return self.receipt.next_offset


class Ledger:
    """Per partition the delivered chunks in order; commits follow the settled ones at its head."""

    def __init__(self) -> None:
        self._open: dict[TopicPartition, deque[Receipt]] = {}
        self._last: dict[TopicPartition, tuple[int, int]] = {}

    def deliver(self, tp: TopicPartition, next_offset: int, generation: int) -> Receipt:
        """Enter a chunk at its delivery: should it get lost, the commit stalls (and the watchdog speaks)."""
        if self._started_over(tp, next_offset, generation):
            self._open.pop(tp, None)
        self._last[tp] = (generation, next_offset)
        receipt = Receipt(next_offset)
        self._open.setdefault(tp, deque()).append(receipt)
        return receipt

    def committable(self, tp: TopicPartition) -> int | None:
        """Take the settled chunks off the head; the offset to commit, or None if the head is still open."""
        line = self._open.get(tp)
        offset = None
        while line and line[0].settled:
            offset = line.popleft().next_offset
        return offset

    def oldest_open(self) -> Mapping[TopicPartition, int]:
        """Per partition the end of the first chunk that is not settled: what a watchdog looks at."""
        return {tp: line[0].next_offset for tp, line in list(self._open.items()) if line}

    def forget(self, tps: set[TopicPartition]) -> None:
        for tp in tps:
            self._open.pop(tp, None)
            self._last.pop(tp, None)

    def _started_over(self, tp: TopicPartition, next_offset: int, generation: int) -> bool:
        seen = self._last.get(tp)
        return seen is not None and (seen[0] != generation or next_offset <= seen[1])


class WholeChunks:
    """Faust's `ConsumerScheduler`, giving one list a partition instead of one record after the other."""

    def iterate(self, records: Mapping[Any, Sequence[Record]]) -> Iterator[tuple[Any, Sequence[Record]]]:
        return ((tp, batch) for tp, batch in records.items() if batch)
