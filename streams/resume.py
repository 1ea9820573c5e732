"""Where a partition's fold goes on, and whether the log still joins up with the state."""

from dataclasses import dataclass
from typing import Literal

from streams.rows import Checkpoint

Gap = Literal["state lost", "topic replaced", "log trimmed", "log cut"]


@dataclass(frozen=True, slots=True)
class LogBounds:
    """`sync.in` as it is now: its id, the first offset it holds, the offset of its next record."""

    topic_id: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The checkpoint to go on from; with a `gap` the state has not seen all that the log once held.

    `remembered`: the public `links` are not empty.
    """

    partition: int
    start: Checkpoint
    gap: Gap | None
    remembered: bool = False


def resume(
    partition: int, checkpoint: Checkpoint | None, log: LogBounds, *, remembered: bool = False
) -> Resumed:
    """Never a silent jump: whatever does not join up is named (hazard T6).

    A lost state goes on at the end: what still stands in the log was folded before, and a decision in it
    must not be carried out once more.
    """
    at = checkpoint.at if checkpoint else 0
    gap = _gap(checkpoint, log, remembered=remembered)
    if gap is None and checkpoint is not None:
        return Resumed(partition, checkpoint, None, remembered)
    begin = log.end if gap in {"log cut", "state lost"} else log.begin
    return Resumed(partition, Checkpoint(log.topic_id, begin, at), gap, remembered)


def _gap(checkpoint: Checkpoint | None, log: LogBounds, *, remembered: bool) -> Gap | None:
    if checkpoint is None:
        return "state lost" if log.begin or remembered else None
    if checkpoint.topic_id != log.topic_id:
        return "topic replaced"
    if checkpoint.next_offset < log.begin:
        return "log trimmed"
    return "log cut" if checkpoint.next_offset > log.end else None
