"""The live rounds of one system: begin, read the events and every entity, ask after suspects, pass."""

import asyncio
import math
from collections.abc import Callable, Mapping

import structlog
from msgspec import Struct

from connectors.clock import Clock
from connectors.cursor import Cursors
from connectors.errors import ConnectorError, LeaseError, Park, Stop
from connectors.feed import FeedReader
from connectors.live import Live
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.publisher import Publisher
from connectors.rounds import Rounds
from connectors.source import SourceEvent, Unread
from connectors.suspects import Suspects

log = structlog.get_logger(__name__)
LOOK_S = 1.0  # between two looks for a wish, where rounds are rare
OnEvents = Callable[[tuple[SourceEvent, ...]], object]


class Stream(Struct, frozen=True):
    """What belongs to one polled entity."""

    live: Live
    suspects: Suspects


class FeedPlace(Struct, frozen=True):
    """A system's events feed and where its reading is kept."""

    reader: FeedReader
    cursors: Cursors
    publisher: Publisher
    key: str


class Poller:
    """Polls a system for ever; intervals count from start to start. A failing entity never stops the others.

    `whole`: each of its rounds is a whole reading.
    """

    def __init__(
        self,
        streams: Mapping[str, Stream],
        rounds: Rounds,
        observer: Observer,
        reader: Reader,
        clock: Clock,
        feed: FeedPlace | None = None,
        on_events: OnEvents | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self._streams = streams
        self._rounds = rounds
        self._observer = observer
        self._reader = reader
        self._clock = clock
        self._feed = feed
        self._on_events = on_events
        self._whole = whole
        self._heard = True
        self.number = 0
        self.begun_at = clock.monotonic()
        self.last_round_at: int | None = None
        self.failing: dict[str, str] = {}

    @property
    def entities(self) -> tuple[str, ...]:
        """What is read."""
        return tuple(self._streams)

    async def run(self, interval_s: float, stopping: asyncio.Event) -> None:
        """Make rounds until told to stop; the round under way is finished."""
        while not stopping.is_set():
            started = self._clock.monotonic()
            await self.round()
            await self._rest(started + interval_s, stopping)

    async def _rest(self, until: float, stopping: asyncio.Event) -> None:
        """Wait for the time of the next round, or until somebody wants one."""
        look_s = LOOK_S if self._whole else math.inf
        while (left := until - self._clock.monotonic()) > 0 and not stopping.is_set():
            await self._clock.sleep_unless(stopping, min(left, look_s))
            if any(stream.live.wished() for stream in self._streams.values()):
                return

    async def round(self) -> None:
        """Make one round over all entities."""
        self.number += 1
        self.begun_at = self._clock.monotonic()
        await self._observer.restore_usurped(self._reader.epoch)
        told = await asyncio.gather(
            *(self._rounds.begin(entity, whole=self._whole) for entity in self._streams)
        )
        begun = dict(zip(self._streams, told, strict=True))
        news = await self._news()
        if news is None:
            return
        passed = [await self._entity(entity, begun[entity], news) for entity in self._streams]
        if self._feed is not None and all(passed):
            await self._keep(news)
        if all(passed):
            self.last_round_at = self._clock.now_ms()

    async def _entity(self, entity: str, begun: str, news: tuple[SourceEvent, ...]) -> bool:
        stream = self._streams[entity]
        try:
            published = await self._observer.settle_doubts(entity, self._reader)
            published += await self._read(entity, stream)
            published += await stream.live.follow(
                news if self._heard else None, stream.suspects, self._reader
            )
            published += await stream.suspects.check(self.number, self._reader)
            doubtful = await self._keep_doubt(entity, stream)
        except LeaseError:
            raise
        except ConnectorError as error:
            await self._failed(entity, error)
            return False
        await self._recovered(entity)
        if published:
            log.info("poll.passed", entity=entity, published=published)
        if not stream.live.behind and not doubtful:
            complete, skew = stream.live.bookmark.reading.complete, stream.live.skew_ms
            await self._rounds.passed(
                begun, entity, complete=complete, published=published, skew_ms=skew, whole=self._whole
            )
        return True

    async def _keep_doubt(self, entity: str, stream: Stream) -> bool:
        """Tell whether a record is in doubt; that one is, is kept, so that a restart reads everything again."""
        doubtful, bookmark = self._observer.doubts.of(entity), stream.live.bookmark
        if doubtful != bookmark.reading.doubtful:
            await bookmark.store(doubtful=doubtful)
        return doubtful

    async def _read(self, entity: str, stream: Stream) -> int:
        try:
            published = await stream.live.read(self._reader)
        except (
            Park
        ) as error:  # a page nobody can read: it is listed, the cursor stays, the round passes without it
            await self._observer.list_unread(entity, [Unread(error.reason)], page="live")
            return 0
        await self._observer.readable(entity, "live")
        return published

    async def _news(self) -> tuple[SourceEvent, ...] | None:
        if self._feed is None:
            return ()
        try:
            news = await self._feed.reader.news()
        except LeaseError:
            raise
        except ConnectorError as error:
            await self._failed("events", error)
            self._heard = False
            return () if isinstance(error, Park) else None
        self._heard = True
        await self._recovered("events")
        await self._observer.readable("events", "live")
        if self._feed.reader.gap:
            for stream in self._streams.values():
                await stream.live.bookmark.store(scan_due="events were missed")
        told = (*self._feed.reader.again, *news)
        if self._on_events is not None and told:
            self._on_events(told)
        return news

    async def _keep(self, news: tuple[SourceEvent, ...]) -> None:
        if self._feed is not None:
            self._feed.reader.keep(news)
            await self._feed.cursors.save(self._feed.publisher, self._feed.key, self._feed.reader.reading)

    async def _recovered(self, what: str) -> None:
        await self._observer.readable(what, "login")
        if self.failing.pop(what, None) is not None:
            log.info("poll.recovered", what=what)

    async def _failed(self, what: str, error: ConnectorError) -> None:
        known = self.failing.get(what)
        self.failing[what] = str(error)
        if known is None and isinstance(error, Stop):
            log.warning("login.refused", what=what, error=error.shown)
        elif known is None:
            log.warning("poll.failing", what=what, error=error.shown)
        if isinstance(error, Stop):
            await self._observer.list_unread(what, [Unread(f"login refused: {error.reason}")], page="login")
        elif known is not None or len(self.failing) > 1:  # once is a hiccup, of one source
            await self._observer.list_unread(what, [Unread(error.shown)], page="live")
