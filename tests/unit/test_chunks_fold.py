"""Folding: records once, in order, at a time that never runs back, and never stopped by one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from streams.fold import Folding, Home, Hooks
from streams.resume import Resumed
from streams.rows import Checkpoint, Rows
from streams.transactions import Effects, Output
from streams.view import View
from tests.unit.test_chunks_view import rows_in


@dataclass(frozen=True)
class Entry:
    """A record as the fold sees it."""

    offset: int
    value: bytes
    timestamp: int = 0
    topic: str = "log"
    partition: int = 0
    key: bytes | None = b"t"
    headers: tuple[tuple[str, bytes], ...] = ()


def fold(view: View, record: Entry, at: int) -> Effects:
    """Appends the value and the time to one row; `far` writes to another tenant, `large` too much."""
    told = record.value
    if told == b"bad":
        raise ValueError("as told")
    if told == b"far":
        return Effects({b"other|row": b""})
    if told == b"large":
        return Effects({}, (Output("out", b"k", b"x" * 200),))
    return Effects({b"t|row": (view.get(b"t|row") or b"") + told + b"@%d " % at})


def park(_view: View, record: Entry, error: Exception) -> Effects:
    return Effects({b"t|parked|%d" % record.offset: type(error).__name__.encode()})


HOOKS = Hooks(fold, park)  # type: ignore[arg-type]  # Entry is read-only, which a Protocol's attribute is not


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    made = rows_in(tmp_path)
    yield made
    made.close()


def folding(rows: Rows, next_offset: int = 0, at: int = 0) -> Folding:
    return Folding(rows, HOOKS, Home(0, (b"t|",), 100), Resumed(0, Checkpoint("id", next_offset, at), None))


def take(what: Folding, *entries: Entry) -> int:
    return what.take(entries)  # type: ignore[arg-type]  # see HOOKS


def test_time_never_runs_back(rows: Rows) -> None:
    """A record stamped earlier than the last one, or than the checkpoint, is folded at the later time."""
    present = folding(rows, at=5)
    take(present, Entry(0, b"a", 3), Entry(1, b"b", 9), Entry(2, b"c", 7))

    assert present.batch.rows.changes == {b"t|row": b"a@5 b@9 c@9 "}
    assert present.seal()[1] == Checkpoint("id", 3, 9)


def test_below_the_checkpoint(rows: Rows) -> None:
    """An offset below the checkpoint is not folded again; a hole in the offsets does not matter."""
    present = folding(rows, next_offset=5)

    assert (take(present, Entry(3, b"old"), Entry(4, b"old")), present.batch.records) == (2, 0)
    assert (take(present, Entry(4, b"old"), Entry(5, b"a"), Entry(9, b"b")), present.batch.records) == (3, 2)
    assert (take(present, Entry(5, b"a"), Entry(9, b"b")), present.batch.records) == (2, 2)
    assert present.batch.rows.changes == {b"t|row": b"a@0 b@0 "}
    assert present.next_offset == 10


def test_sealed_changes_are_read(rows: Rows) -> None:
    """What is on its way to the log is seen by later records, before and after it is written."""
    present = folding(rows)
    take(present, Entry(0, b"a"))
    sealed, _ = present.seal()
    take(present, Entry(1, b"b"))

    assert sealed.rows.changes == {b"t|row": b"a@0 "}
    assert present.batch.rows.changes == {b"t|row": b"a@0 b@0 "}


@pytest.mark.parametrize(
    ("told", "error"), [(b"bad", b"ValueError"), (b"far", b"ForeignKeyError"), (b"large", b"TooLargeError")]
)
def test_a_poisonous_record(rows: Rows, told: bytes, error: bytes) -> None:
    """A record that cannot be folded, writes abroad or is too large is parked; its neighbours are not harmed."""
    present = folding(rows)
    take(present, Entry(0, b"a"), Entry(1, told), Entry(2, b"c"))

    assert present.batch.rows.changes == {b"t|row": b"a@0 c@0 ", b"t|parked|1": error}
    assert present.batch.outputs == []
    assert present.next_offset == 3


def test_told_of_a_gap(rows: Rows) -> None:
    """The domain is told how the state joins up with the log, and what it answers is in the first batch."""

    def told(_view: View, resumed: Resumed) -> Effects:
        return Effects({b"t|gap": (resumed.gap or "none").encode()})

    hooks = Hooks(fold, park, on_recovered=told)  # type: ignore[arg-type]  # see HOOKS
    gap = Resumed(0, Checkpoint("id", 40, 0), "state lost")
    present = Folding(rows, hooks, Home(0, (b"t|",), 100), gap)

    assert present.batch.rows.changes == {b"t|gap": b"state lost"}
    assert not present.batch.idle
    assert present.seal()[1].next_offset == 40


def test_one_chunk_that_frees_much_is_many_batches(rows: Rows) -> None:
    """A full batch takes nothing more: it is made durable first, and the rest of the chunk goes into the next ones."""
    heavy = Hooks(lambda _view, record, _at: Effects({b"t|%d" % record.offset: b"x" * (3 << 20)}), park)  # type: ignore[arg-type]  # see HOOKS
    present = Folding(rows, heavy, Home(0, (b"t|",), 4 << 20), Resumed(0, Checkpoint("id", 0, 0), None))
    chunk, done, batches = [Entry(n, b"") for n in range(10)], 0, []
    while done < len(chunk):
        done += take(present, *chunk[done:])
        batches.append(present.seal())

    assert [batch.records for batch, _ in batches] == [3, 3, 3, 1]
    assert [checkpoint.next_offset for _, checkpoint in batches] == [3, 6, 9, 10]
