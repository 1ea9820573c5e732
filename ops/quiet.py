"""Decides from a worker's answers whether Tandem is quiet, and whether it has settled. Pure.

    asked ──► not quiet ──► quiet since Q ──► every source passed N silent rounds begun after Q ──► settled
                 ▲               │
                 └───────────────┴── something moves again, or a round published something

Ends of the change topics are read once, when the question is asked: rounds go on for ever, and a head
that moves on would never be reached.
"""

from collections.abc import Iterable, Mapping
from math import inf

from msgspec import Struct, structs

NONE: Mapping[str, float] = {}


class SourceState(Struct, frozen=True):
    """One entity of one system. `passed`: (offset of its round's beginning, changes published), newest last."""

    system: str
    entity: str
    passed: tuple[tuple[int, int], ...] = ()
    backfill: str = "none"
    last_poll_at: int | None = None
    last_scan_at: int | None = None
    cause: str | None = None

    @property
    def name(self) -> str:
        return f"{self.system} {self.entity}"


class State(Struct, frozen=True):
    """What a worker answers to `status`, as far as quiet is concerned."""

    offset: int
    in_flight: int
    retrying: int
    waiting_round: int
    positions: Mapping[str, int]
    sources: tuple[SourceState, ...]
    queued: int = 0
    catching_up: bool = False
    lacking: str = ""
    retrying_why: str = ""


class Progress(Struct, frozen=True):
    """How far settling has come. `since`: the offset of the first answer of the present quiet."""

    since: int | None = None
    settled: bool = False
    reasons: tuple[str, ...] = ("no worker has answered yet",)


def unrest(state: State, ends: Mapping[str, int]) -> tuple[str, ...]:
    """Why this state is not quiet, measured against the ends of the change topics; empty when it is."""
    counted = (
        (state.in_flight, "in flight"),
        (state.retrying, f"retrying, as {tried}" if (tried := state.retrying_why) else "retrying"),
        (state.waiting_round, "waiting for a poll round"),
        (state.queued, "queued in the worker"),
    )
    why = f": {state.lacking}" if state.lacking else ""
    reasons = [f"the worker is catching up with the public topics{why}"] if state.catching_up else []
    reasons += [f"{count} {words}" for count, words in counted if count]
    reasons += [
        f"{place} is read to {state.positions.get(place, 0)} of {end}"
        for place, end in sorted(ends.items())
        if state.positions.get(place, 0) < end
    ]
    if not state.sources:
        reasons.append("no source is known yet: no connector has begun a round")
    return tuple(reasons)


def unread(
    state: State,
    now_ms: int,
    most_s: float,
    wanted: Iterable[str] = (),
    slower: Mapping[str, float] = NONE,
) -> tuple[str, ...]:
    """Which sources nobody has read for longer than that, and why: what they show by now is not known.

    `slower`: those that are read less often, with their own limit in seconds.
    """
    missing = sorted({*wanted} - {source.name for source in state.sources})
    never = tuple(f"{name} has not been read once: no connector has begun a round" for name in missing)
    return never + tuple(
        _unread(source, now_ms)
        for source in state.sources
        if _age(source, now_ms) > slower.get(source.name, most_s)
    )


def _age(source: SourceState, now_ms: int) -> float:
    read = [at for at in (source.last_poll_at, source.last_scan_at) if at is not None]
    return (now_ms - max(read)) / 1_000 if read else inf


def _unread(source: SourceState, now_ms: int) -> str:
    age = _age(source, now_ms)
    why = f": {source.cause}" if source.cause else ""
    when = "not been read once" if age == inf else f"last read {_span(age)} ago"
    return f"{source.name} {'has' if age == inf else 'was'} {when}{why}"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7_200 else f"{seconds / 3_600:.0f} h"


def owing(state: State, since: int, rounds: int) -> tuple[str, ...]:
    """Which sources have not yet passed that many rounds begun after `since`."""
    return tuple(
        f"{source.name}: {done} of {rounds} rounds passed since all was quiet"
        for source in state.sources
        if (done := sum(begun > since for begun, _ in source.passed)) < rounds
    )


def noisy(state: State, since: int) -> tuple[str, ...]:
    """Which sources published something in a round begun after `since`."""
    published = {
        source.name: sum(count for begun, count in source.passed if begun > since) for source in state.sources
    }
    return tuple(f"{name}: a round published {count} changes" for name, count in published.items() if count)


def advance(progress: Progress, state: State, ends: Mapping[str, int], rounds: int) -> Progress:
    """The progress after one more answer."""
    if reasons := unrest(state, ends):
        return Progress(since=None, reasons=reasons)
    since = progress.since
    if since is None:
        return Progress(since=state.offset, reasons=owing(state, state.offset, rounds))
    if noise := noisy(state, since):
        # This answer is quiet and stands behind what was published: a new quiet begins with it.
        return Progress(since=state.offset, reasons=noise)
    reasons = owing(state, since, rounds)
    return structs.replace(progress, settled=not reasons, reasons=reasons)
