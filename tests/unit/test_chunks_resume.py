"""Where a fold goes on, what is called a gap, which local rows are of no use, and what stands still."""

import pytest

from streams.restore import Source, leftover
from streams.resume import LogBounds, Resumed, resume
from streams.rows import Checkpoint, Stamp
from streams.watchdog import Stillness

HERE = Checkpoint("id", 50, 7)


@pytest.mark.parametrize(
    ("checkpoint", "log", "start", "gap"),
    [
        (HERE, LogBounds("id", 0, 60), HERE, None),
        (HERE, LogBounds("id", 50, 50), HERE, None),
        (None, LogBounds("id", 0, 60), Checkpoint("id", 0, 0), None),
        (None, LogBounds("id", 40, 60), Checkpoint("id", 60, 0), "state lost"),
        (HERE, LogBounds("new", 0, 60), Checkpoint("new", 0, 7), "topic replaced"),
        (HERE, LogBounds("id", 51, 60), Checkpoint("id", 51, 7), "log trimmed"),
        (HERE, LogBounds("id", 0, 49), Checkpoint("id", 49, 7), "log cut"),
    ],
)
def test_resume(checkpoint: Checkpoint | None, log: LogBounds, start: Checkpoint, gap: str | None) -> None:
    """The checkpoint decides while it lies in the same log; else the jump is named and time does not run back."""
    assert resume(0, checkpoint, log) == Resumed(0, start, gap)  # type: ignore[arg-type]  # text for a literal


def test_a_lost_state_is_known_by_what_it_has_published() -> None:
    """No checkpoint, and a log that seems whole: it is a first run only if no link was ever published."""
    lost = resume(0, None, LogBounds("id", 0, 60), remembered=True)

    assert lost == Resumed(0, Checkpoint("id", 60, 0), "state lost", remembered=True)


SOURCE = Source("", "changelog", "id", 0, lambda _k, _v: (), "1", 1.0, lambda: False, keep_s=100.0)


@pytest.mark.parametrize(
    ("stamp", "end", "why"),
    [
        (Stamp("id", 9, "1", 1000.0), 10, None),
        (Stamp("id", 9, "1", 0.0), 10, None),
        (Stamp("id", 9, "1", 950.0), 20, None),
        (Stamp("id", 9, "1", 899.0), 20, "deletes are kept 100 s"),
        (Stamp("other", 9, "1", 1000.0), 20, "copy changelog other, this cluster's is id"),
        (Stamp("id", 10, "1", 1000.0), 10, "the changelog ends at 10"),
    ],
)
def test_leftover(stamp: Stamp, end: int, why: str | None) -> None:
    """Rows of another changelog, ahead of it, or older than its deletes are kept are no use; others are."""
    found = leftover(stamp, SOURCE, end, now=1000.0)

    assert (found is None) if why is None else (found is not None and why in found)


def test_stillness() -> None:
    """A mark counts from when it last moved; one that went away and came back counts anew."""
    still = Stillness()
    still.observe({"a": 1, "b": 1}, 0)
    for marks, now, seconds in (
        ({"a": 1, "b": 2}, 5, {"a": 5, "b": 0}),
        ({"b": 2}, 6, {"b": 1}),
        ({"a": 1, "b": 2}, 7, {"a": 0, "b": 2}),
    ):
        still.observe(marks, now)
        assert still.seconds(now) == seconds
