"""All that reads one system, put together: the live rounds of each entity and what reads everything beside them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from connectors.backfill import Scanner
from connectors.by_events import EventReading
from connectors.clock import Clock
from connectors.cursor import Bookmark, Cursors, FeedReading
from connectors.feed import FeedReader
from connectors.http import Client
from connectors.live import Live, LiveReading
from connectors.marks import Marks
from connectors.missing import Asked, Missing
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.order import WriteOrder
from connectors.pages import Pages
from connectors.parents import Parents
from connectors.poller import FeedPlace, OnEvents, Poller, Stream
from connectors.publisher import Publisher
from connectors.rounds import Rounds
from connectors.shadow import Shadow
from connectors.source import EntityTraits, Feed, Source
from connectors.suspects import Suspects
from connectors.sweep import Sweep
from connectors.whole import WholeReading

DOUBTED = "an earlier process met what may have been a past of its records"
SWEPT_A_STORE = 50  # parents between two places kept for a restart


class Wishes(Protocol):
    """What people want of whole readings, and say of missing records."""

    def asked(self, system: str, entity: str) -> Asked | None: ...
    def judged(self, system: str, entity: str) -> Asked | None: ...


class Intervals(Struct, frozen=True):
    """Seconds from start to start: live rounds, complete scans, readings of items, sweeps over all parents."""

    poll_s: float = 5.0
    scan_s: float = 3600.0
    whole_s: float = 60.0
    sweep_s: float = 86_400.0


class Around(Struct, frozen=True):
    """What the reading of one system is made of and works on."""

    source: Source
    client: Client
    feed: Feed | None
    shadow: Shadow
    publisher: Publisher
    order: WriteOrder
    parents: Parents
    rounds: Rounds
    cursors: Cursors
    wishes: Wishes
    clock: Clock
    epoch: int
    hold: Callable[[], Awaitable[None]]
    folder: Path
    intervals: Intervals
    replacing: Callable[[str], bool]
    on_events: OnEvents | None = None
    events_since: int | None = None


class Polling:
    """The pollers and scanners of one system."""

    def __init__(self, around: Around) -> None:
        self._a = a = around
        self._system = a.source.system
        self._observer = Observer(a.source, a.client, a.shadow, a.publisher, a.order, a.clock)
        self._pages = Pages(a.source, a.client)
        entities = a.source.entities()
        self.bookmarks = {
            name: Bookmark(a.cursors, a.publisher, f"{self._system}|{name}") for name in entities
        }
        self.scanners: dict[str, Scanner] = {}
        self._marks: list[Marks] = []
        self.streams = made = {name: self._stream(a.source.traits(name)) for name in entities}
        whole = {name for name in entities if a.source.traits(name).way == "whole"}
        self.live = self._poller({name: made[name] for name in entities if name not in whole}, whole=False)
        self.whole = self._poller({name: made[name] for name in entities if name in whole}, whole=True)

    def jobs(self, stopping: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
        """Return what is to run side by side."""
        every = self._a.intervals
        found = [scanner.run(stopping) for scanner in self.scanners.values()]
        found += [self.live.run(every.poll_s, stopping)] if self.live.entities else []
        return found + ([self.whole.run(every.whole_s, stopping)] if self.whole.entities else [])

    @property
    def pollers(self) -> list[Poller]:
        """Those that have anything to read."""
        return [poller for poller in (self.live, self.whole) if poller.entities]

    def close(self) -> None:
        """Close the files."""
        for marks in self._marks:
            marks.close()

    def _poller(self, streams: dict[str, Stream], *, whole: bool) -> Poller:
        a = self._a
        return Poller(
            streams, a.rounds, self._observer, Reader(a.epoch), a.clock,
            None if whole else self._feed_place(), None if whole else a.on_events, whole=whole,
        )  # fmt: skip

    def _stream(self, traits: EntityTraits) -> Stream:
        a, name, bookmark = self._a, traits.entity, self.bookmarks[traits.entity]
        suspects = Suspects(name, a.source, a.client, self._observer, bookmark, a.clock, a.replacing)
        judged = partial(a.wishes.judged, self._system, name)
        missing = Missing(name, self._system, a.shadow, self._observer, suspects, bookmark, judged)
        if traits.way != "whole":
            self._scanner(traits, missing)
        return Stream(self._live(traits, missing), suspects)

    def _live(self, traits: EntityTraits, missing: Missing) -> Live:
        a, name, bookmark = self._a, traits.entity, self.bookmarks[traits.entity]
        match traits.way:
            case "events":
                return EventReading(
                    traits, self._system, self._observer, a.shadow, a.parents, bookmark, a.clock
                )
            case "whole":
                return WholeReading(
                    name,
                    self._system,
                    self._pages,
                    self._observer,
                    missing,
                    a.order,
                    bookmark,
                    a.clock,
                    a.hold,
                    partial(a.wishes.asked, self._system, name),
                )
            case _:
                return LiveReading(name, self._pages, self._observer, bookmark, a.clock)

    def _scanner(self, traits: EntityTraits, missing: Missing) -> None:
        a, name, parent = self._a, traits.entity, traits.parent
        if self.bookmarks[name].reading.doubtful:
            self.bookmarks[name].move(scan_due=DOUBTED, doubtful=False)
        marks = Marks(a.folder / name)
        self._marks.append(marks)
        below = self.bookmarks.get(parent) if parent is not None else None
        pages = (
            self._pages if parent is None else Sweep(self._system, parent, self._pages, a.shadow, a.parents)
        )
        every_s = a.intervals.scan_s if parent is None else a.intervals.sweep_s
        asked = partial(a.wishes.asked, self._system, name)
        made = Scanner(
            name, self._system, pages, self._observer, a.rounds, missing, marks, self.bookmarks[name],
            a.clock, a.epoch, a.hold, every_s, asked,
        )  # fmt: skip
        if below is not None:
            made.wait_for(lambda: below.reading.complete, SWEPT_A_STORE)
        self.scanners[name] = made

    def _feed_place(self) -> FeedPlace | None:
        a = self._a
        if a.feed is None:
            return None
        key = f"{self._system}|events"
        return FeedPlace(
            FeedReader(a.feed, a.client, a.cursors.get(key, FeedReading), a.events_since),
            a.cursors,
            a.publisher,
            key,
        )
