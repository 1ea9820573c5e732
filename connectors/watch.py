"""Watching for the events of our own writes: a value they replaced that nobody expected was somebody's edit."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from connectors.image import same, same_number
from connectors.source import SourceEvent
from schemas.records import Applied, Command, Json, Result

WATCHED_MS = 300_000
SLACK_MS = 2_000
MOST_MET = 2_000


class Written(Struct, frozen=True):
    """A write whose event has not been met: what was expected before it, and when it was made (their clock).

    `after`: the newest event met before the write began; its own event is newer, whatever else looks alike.
    """

    result: Result
    expected: dict[str, Json]
    at: int
    after: int = 0


class Watch:
    """The writes of a system that has events but no versions."""

    def __init__(self) -> None:
        self._written: dict[str, list[Written]] = {}
        self._met: dict[str, list[tuple[int, SourceEvent]]] = {}
        self._marked = False  # whether the feed has been seen to tell our writes from those of people
        self.newest = 0

    def add(self, command: Command, result: Result, skew_ms: int, after: int = 0) -> list[Result]:
        """Watch for the event of a write that was just answered; it may have been met already.

        `after` is `newest` as it was before the write's request.
        """
        expected = {name: command.expected[name] for name in command.changed if name in command.expected}
        if result.ref is None or not expected:
            return []
        self._add(result.ref, result, expected, skew_ms, after)
        return self._compare(result.ref, [event for _, event in self._met.get(result.ref, [])])

    def recall(self, memories: Iterable[Applied], now: int) -> None:
        """Go on watching for what the last holder wrote shortly before it ended."""
        for memory in memories:
            result, trying = memory.result, memory.trying
            if (
                result is None
                or trying is None
                or trying.command_id != result.command_id
                or result.ref is None
            ):
                continue
            recent = result.read_at > now - WATCHED_MS
            if recent and result.outcome == "done" and result.wrote and result.verb == "update":
                self._add(result.ref, result, dict(trying.expected), trying.skew_ms)

    def meet(self, events: Iterable[SourceEvent], now: int) -> list[Result]:
        """Return what the events show to have been overwritten."""
        self._forget(now)
        found: list[Result] = []
        for event in events:
            self.newest = max(self.newest, event.id)
            if event.ref is not None and event.kind == "updated":
                self._met.setdefault(event.ref, []).append((now, event))
                found += self._compare(event.ref, [event])
        return found

    def _compare(self, ref: str, events: list[SourceEvent]) -> list[Result]:
        found: list[Result] = []
        for event in events:
            for written in list(self._written.get(ref, ())):
                lost = None if self._marked and event.by_api is False else replaced(written, event)
                if lost is not None:
                    self._written[ref].remove(written)
                    self._marked = self._marked or event.by_api is True
                if lost:
                    found.append(
                        msgspec.structs.replace(written.result, outcome="overwritten", previous=lost)
                    )
        return found

    def _add(self, ref: str, result: Result, expected: dict[str, Json], skew_ms: int, after: int = 0) -> None:
        at = result.updated_at if result.updated_at is not None else result.read_at + skew_ms
        self._written.setdefault(ref, []).append(Written(result, expected, at, after))

    def _forget(self, now: int) -> None:
        for ref in list(self._written):
            self._written[ref] = [one for one in self._written[ref] if one.result.read_at > now - WATCHED_MS]
            if not self._written[ref]:
                del self._written[ref]
        for ref in list(self._met):
            self._met[ref] = [met for met in self._met[ref] if met[0] > now - WATCHED_MS]
            if not self._met[ref]:
                del self._met[ref]
        while len(self._met) > MOST_MET:
            del self._met[next(iter(self._met))]


def replaced(written: Written, event: SourceEvent) -> dict[str, Json] | None:
    """Return the unexpected values our write replaced; None: this is not the event of that write."""
    image = written.result.image or {}
    ours = event.kind == "updated" and event.id > written.after
    if not ours or abs(event.at - written.at) > SLACK_MS:
        return None
    names = [name for name in written.expected if name in event.previous]
    if not names or not all(same(event.image.get(name), image.get(name)) for name in names):
        return None
    return {n: event.previous[n] for n in names if not same_number(event.previous[n], written.expected[n])}
