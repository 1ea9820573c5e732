"""Watching for the events of our own writes: a value they replaced that nobody expected was somebody's edit.

So was what a record showed that we deleted. A write whose answer was lost is watched for as well, whatever the look
after it has found there.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from connectors import line_events
from connectors.image import same, same_number
from connectors.lines import Listed, touches
from connectors.look import Look, plausible
from connectors.source import SourceEvent
from schemas.records import Applied, Command, Json, Result, Trying

WATCHED_MS = 300_000
SLACK_MS = 2_000
OPEN_MS = 3_600_000  # so long an attempt without an answer may be looked into after a restart
MOST_MET = 2_000


class Written(Struct, frozen=True):
    """A write whose event has not been met: what was expected before it, and when it was made (their clock).

    `after`: the newest event met before the write began; its own event is newer, whatever else looks alike.
    `since`: when its first attempt began; `sent`: the values it carried, where they are known. `lines`: the command
    of a write of lines, and where they stand.
    """

    result: Result
    expected: dict[str, Json]
    at: int
    after: int = 0
    since: int = 0
    sent: dict[str, Json] = {}
    lines: tuple[Listed, Command] | None = None


def watchable(result: Result) -> bool:
    """Tell whether a write was made that may have gone over an edit: whoever looks afterwards sees only what is left."""
    if not result.wrote or result.ref is None:
        return False
    return result.outcome == "done" if result.verb == "delete" else result.outcome in {"done", "stale"}


class Watch:
    """The writes of a system that has events but no versions."""

    def __init__(self) -> None:
        self._written: dict[str, list[Written]] = {}
        self._met: dict[str, list[tuple[int, SourceEvent]]] = {}
        self._marked = False  # whether the feed has been seen to tell our writes from those of people
        self.newest = 0
        self.earliest: int | None = None  # since when (their clock) there may be events of what was recalled

    def add(
        self,
        command: Command,
        result: Result,
        skew_ms: int,
        after: int = 0,
        since: int | None = None,
        listed: Listed | None = None,
    ) -> list[Result]:
        """Watch for the event of a write that was just answered; it may have been met already.

        `after` is `newest` as it was before the write's request; `since` our time at which it was first tried;
        `listed`: where the record keeps its lines, if it has any.
        """
        names = command.expected if result.verb == "delete" else command.changed
        expected = {name: command.expected[name] for name in names if name in command.expected}
        if not (watchable(result) and expected and result.ref is not None):
            return []
        sent = {name: command.values.get(name) for name in command.changed}
        written = _written(result, expected, skew_ms, since)
        kept = (listed, command) if touches(listed, command) else None
        self._written.setdefault(result.ref, []).append(replace(written, after=after, sent=sent, lines=kept))
        return self._compare(result.ref, [event for _, event in self._met.get(result.ref, [])])

    def recall(self, memories: Iterable[Applied], now: int) -> None:
        """Go on watching for what the last holder wrote shortly before it ended, or may have written."""
        for memory in memories:
            result, trying = memory.result, memory.trying
            if trying is None:
                continue
            if result is None or trying.command_id != result.command_id:
                self._look_back(trying, now - OPEN_MS)
            elif result.ref is not None and result.read_at > now - WATCHED_MS and watchable(result):
                written = _written(result, dict(trying.expected), trying.skew_ms, trying.at)
                self._written.setdefault(result.ref, []).append(written)
                self._look_back(trying, 0)

    def _look_back(self, trying: Trying, limit: int) -> None:
        if trying.at > limit:
            since = trying.at + trying.skew_ms - SLACK_MS
            self.earliest = since if self.earliest is None else min(since, self.earliest)

    def meet(self, events: Iterable[SourceEvent], now: int) -> list[Result]:
        """Return what the events show to have been overwritten."""
        self._forget(now)
        fresh: dict[str, list[SourceEvent]] = {}
        for event in events:
            self.newest = max(self.newest, event.id)
            if event.ref is not None and event.kind == "updated":
                self._met.setdefault(event.ref, []).append((now, event))
                fresh.setdefault(event.ref, []).append(event)
        return [result for ref, about in fresh.items() for result in self._compare(ref, about)]

    def denies(self, ref: str, look: Look) -> bool:
        """Tell whether a look shows what an event met already tells to be replaced: a replica lags behind.

        Nothing else would tell of it where the record is deleted on the strength of that look.
        """
        latest: dict[str, SourceEvent] = {}
        for _, event in sorted(self._met.get(ref, ()), key=lambda met: met[1].id):
            latest |= dict.fromkeys(event.previous, event)
        return any(_lags(look, name, event) for name, event in latest.items())

    def _compare(self, ref: str, events: list[SourceEvent]) -> list[Result]:
        found: list[Result] = []
        for written in list(self._written.get(ref, ())):
            lost = self._lost(written, events)
            if lost is not None:
                self._written[ref].remove(written)
            if lost:
                found.append(_told(written, lost))
        return found

    def _lost(self, written: Written, events: list[SourceEvent]) -> dict[str, Json] | None:
        if written.result.verb == "delete":
            return erased(written, events) or None
        # What was written before this process began may be among older events that look alike: ours is the last.
        for event in events if written.after else sorted(events, key=_ours_first):
            lost = None if self._marked and event.by_api is False else replaced(written, event)
            if lost is not None:
                self._marked = self._marked or event.by_api is True
                return lost
        return None

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


def _lags(look: Look, name: str, event: SourceEvent) -> bool:
    """Tell whether a look shows a value as it was before an event, and is not stamped later than that."""
    shown = look.image or {}
    if name not in shown or (look.updated_at is not None and look.updated_at // 1000 > event.at // 1000):
        return False
    was = event.previous[name]
    return same_number(shown[name], was) and not same_number(event.image.get(name), was)


def _ours_first(event: SourceEvent) -> tuple[bool, int]:
    return (event.by_api is not True, -event.id)


def _written(result: Result, expected: dict[str, Json], skew_ms: int, since: int | None) -> Written:
    at = result.updated_at if result.updated_at is not None else result.read_at + skew_ms
    return Written(result, expected, at, since=at if since is None else min(at, since + skew_ms))


def _told(written: Written, lost: dict[str, Json]) -> Result:
    """What is reported; of a deleted record with what it was expected to show, for it shows nothing itself."""
    told = replace(written.result, outcome="overwritten", previous=lost)
    if told.verb != "delete":
        return told
    return replace(told, image={name: written.expected[name] for name in lost})


def replaced(written: Written, event: SourceEvent) -> dict[str, Json] | None:
    """Return the unexpected values our write replaced; None: this is not the event of that write."""
    ours = event.kind == "updated" and event.id > written.after
    if not ours or not written.since - SLACK_MS <= event.at <= written.at + SLACK_MS:
        return None
    if written.lines is not None:
        event = line_events.by_key(*written.lines, event)
    names = [name for name in written.expected if name in event.previous]
    if not names or not all(_made(written, name, event) for name in names):
        return None
    lost = {n: event.previous[n] for n in names if not same_number(event.previous[n], written.expected[n])}
    return lost if written.lines is None else _with_lines(*written.lines, event, lost)


def _with_lines(
    listed: Listed, command: Command, event: SourceEvent, lost: dict[str, Json]
) -> dict[str, Json]:
    """The same with the lines that somebody had added and our set has taken away."""
    gone: list[Json] = [dict(one) for one in line_events.taken_away(listed, command, event)]
    told = line_events.marked(listed, lost)
    return {**told, listed.name: gone} if gone else told


def _made(written: Written, name: str, event: SourceEvent) -> bool:
    """Tell whether an event shows what our write has made of a property; of one in doubt only what was sent is known."""
    shown = event.image.get(name)
    if written.result.outcome != "stale" or (not written.sent and event.by_api is True):
        return same(shown, (written.result.image or {}).get(name))
    if name not in written.sent:
        return False
    return same(shown, written.sent[name]) or (shown is not None and plausible(written.sent[name], shown))


def erased(written: Written, events: Iterable[SourceEvent]) -> dict[str, Json]:
    """Return the edits that went with a record we deleted as it was expected."""
    found: dict[str, Json] = {}
    for event in sorted(events, key=lambda one: one.id):
        recent = event.id > written.after and (written.after > 0 or event.at >= written.since - SLACK_MS)
        if event.kind == "updated" and recent and event.at <= written.at + SLACK_MS:
            found |= {name: event.image.get(name) for name in written.expected if name in event.previous}
    return {n: value for n, value in found.items() if not same_number(value, written.expected[n])}
