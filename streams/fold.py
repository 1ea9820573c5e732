"""Folds the records of one partition, in order, into a batch that is then made durable as one unit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from streams.chunks import Record
from streams.guard import check_key, check_size
from streams.lookups import IndexEntries
from streams.resume import Resumed
from streams.rows import Checkpoint, Rows
from streams.transactions import Effects, Output
from streams.view import Overlay, PartitionView, View

log = structlog.get_logger(__name__)

Fold = Callable[[View, Record, int], Effects]
OnPoison = Callable[[View, Record, Exception], Effects]
AfterChunk = Callable[[View, int, int, int], Effects]
Prepare = Callable[[Sequence[Record]], Awaitable[None]]


OnRecovered = Callable[[View, Resumed], Effects]


def nothing_new(_view: View, _resumed: Resumed) -> Effects:
    return Effects()


def nothing(_view: View, _partition: int, _next_offset: int, _at: int) -> Effects:
    return Effects()


async def unprepared(_records: Sequence[Record]) -> None:
    return None


def no_entries(_key: bytes, _value: bytes) -> Sequence[tuple[bytes, bytes]]:
    return ()


@dataclass(frozen=True, slots=True)
class Hooks:
    """The domain, as the host knows it: plain callables.

    `fold(view, record, at)`: what a record does; `at` is its LogAppendTime, never lower than the last one.
    `on_poison(view, record, error)`: what parks a record on which `fold` raised.
    `prepare(records)`: awaited before a chunk is folded, for what may need a request.
    `after_chunk(view, partition, next offset, at)`: what is told after each chunk.
    `on_recovered(view, resumed)`: what follows from how the state joins up with the log, before its next record.
    `index_entries(key, value)`: the look-up rows that follow from a row; another `index_version` rebuilds all.
    """

    fold: Fold
    on_poison: OnPoison
    after_chunk: AfterChunk = nothing
    prepare: Prepare = unprepared
    on_recovered: OnRecovered = nothing_new
    index_entries: IndexEntries = no_entries
    index_version: str = "1"


MAX_RECORDS = 5_000
MAX_BYTES = 8 << 20


@dataclass(slots=True)
class Batch:
    """All that the records since the last commit did."""

    rows: Overlay = field(default_factory=Overlay)
    outputs: list[Output] = field(default_factory=list)
    records: int = 0
    bytes: int = 0

    @property
    def idle(self) -> bool:
        return not (self.records or self.rows.changes or self.outputs)

    @property
    def full(self) -> bool:
        """Whether it is made durable before anything more is folded: so memory stays flat, whatever one entry frees."""
        return self.records >= MAX_RECORDS or self.bytes >= MAX_BYTES

    def add(self, effects: Effects) -> None:
        self.rows.put(effects.writes)
        self.outputs.extend(effects.outputs)
        self.bytes += size(effects)


class Folding:
    """One partition's fold. `sealed` batches are on their way to the log; reads see them all."""

    def __init__(self, rows: Rows, hooks: Hooks, home: "Home", resumed: Resumed) -> None:
        start = resumed.start
        self._hooks = hooks
        self._home = home
        self._topic_id = start.topic_id
        self.next_offset = start.next_offset
        self._at = start.at
        self.batch = Batch()
        self._overlays = [self.batch.rows]
        self._view = PartitionView(rows, home.allowed, home.partition, self._overlays)
        self.batch.add(home.checked(hooks.on_recovered(self._view, resumed)))

    def take(self, records: Sequence[Record]) -> int:
        """Fold records until the batch is full. The number done: those below the checkpoint were folded before."""
        done, before = 0, self.batch.records
        for record in records:
            done += 1
            if record.offset < self.next_offset:
                continue
            self._at = max(self._at, record.timestamp)
            self.batch.add(self._guarded(record))
            self.next_offset = record.offset + 1
            self.batch.records += 1
            if self.batch.full:
                break
        if self.batch.records > before:
            home = self._home.partition
            self.batch.add(self._hooks.after_chunk(self._view, home, self.next_offset, self._at))
        return done

    def seal(self) -> tuple[Batch, Checkpoint]:
        """The batch so far and where it ends; folding goes on into a new one on top."""
        sealed, self.batch = self.batch, Batch()
        self._overlays.append(self.batch.rows)
        return sealed, Checkpoint(self._topic_id, self.next_offset, self._at)

    def written(self) -> None:
        """The oldest sealed batch stands in the rows now."""
        del self._overlays[0]

    def _guarded(self, record: Record) -> Effects:
        """The only place that catches everything: a record must not stop the log (hazard T20)."""
        try:
            return self._home.checked(self._hooks.fold(self._view, record, self._at))
        except Exception as error:
            log.exception(
                "event.poisoned", topic=record.topic, partition=record.partition, offset=record.offset
            )
            return self._home.checked(self._hooks.on_poison(self._view, record, error))


@dataclass(frozen=True, slots=True)
class Home:
    """The partition whose keys may be written, and how large a record may be."""

    partition: int
    allowed: tuple[bytes, ...]
    max_record_bytes: int

    def checked(self, effects: Effects) -> Effects:
        for key, value in effects.writes.items():
            check_key(key, self.allowed, self.partition)
            check_size(len(value or b""), self.max_record_bytes, f"row {key[:80]!r}")
        for output in effects.outputs:
            check_size(len(output.value or b""), self.max_record_bytes, f"record for {output.topic}")
        return effects


def size(effects: Effects) -> int:
    return _bytes(effects.writes) + sum(len(output.value or b"") for output in effects.outputs)


def _bytes(writes: Mapping[bytes, bytes | None]) -> int:
    return sum(len(key) + len(value or b"") for key, value in writes.items())
