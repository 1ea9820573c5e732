"""Complete readings of one entity, beside live polling: the first one (backfill), and later ones that reconcile.

The same keyset path as live polling, from the beginning: an edited record moves to the end and is met there, a
deleted one shifts nothing. Where it stands is in the cursor, so a restart goes on. What a whole scan has not met
is suspected of being gone, if it is older than the scan.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

import msgspec
import structlog

from connectors import deletes
from connectors.clock import Clock
from connectors.cursor import Bookmark, Scan
from connectors.errors import ConnectorError, LeaseError, Park
from connectors.marks import Marks
from connectors.missing import Asked, Missing, nobody
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.rounds import Rounds
from connectors.shares import Share
from connectors.source import Page, Place, Unread

log = structlog.get_logger(__name__)
PAGES_A_STORE = 5
AGAIN_S = 5.0
START = Place(0)


class PageReader(Protocol):
    """Reads the page at a place: of one list, or of many one after the other."""

    async def read(self, entity: str, place: Place, share: Share) -> Page: ...


def always() -> bool:
    return True


class Scanner:
    """Scans one entity when its backfill is not complete, when a scan is due, and every `every_s` seconds."""

    def __init__(
        self,
        entity: str,
        system: str,
        pages: PageReader,
        observer: Observer,
        rounds: Rounds,
        missing: Missing,
        marks: Marks,
        bookmark: Bookmark,
        clock: Clock,
        epoch: int,
        hold: Callable[[], Awaitable[None]],
        every_s: float,
        asked: Callable[[], Asked | None] = nobody,
    ) -> None:
        self._entity = entity
        self._system = system
        self._pages = pages
        self._observer = observer
        self._rounds = rounds
        self._missing = missing
        self._marks = marks
        self._bookmark = bookmark
        self._clock = clock
        self._epoch = epoch
        self._hold = hold
        self._every_s = every_s
        self._asked = asked
        self._ready: Callable[[], bool] = always
        self._pages_a_store = PAGES_A_STORE

    def wait_for(self, ready: Callable[[], bool], pages_a_store: int) -> None:
        """Begin only when the records are known below which these live; keep the place after so many lists."""
        self._ready, self._pages_a_store = ready, pages_a_store

    async def run(self, stopping: asyncio.Event) -> None:
        """Scan whenever it is time, until told to stop; an unfinished scan goes on after a restart."""
        while not stopping.is_set():
            try:
                if self.due():
                    await self.scan(stopping)
            except LeaseError:
                raise
            except ConnectorError as error:
                await self._failed(error)
                await self._clock.sleep_unless(stopping, AGAIN_S)
            await self._clock.sleep_unless(stopping, min(1.0, self._every_s))

    async def scan(self, stopping: asyncio.Event) -> None:
        """Begin a scan or go on with the one under way, to its end."""
        scan = self._bookmark.reading.scan or await self._begin()
        share: Share = "backfill" if scan.kind == "backfill" else "reconcile"
        if not self._marks.belong_to(scan.id):
            scan = msgspec.structs.replace(scan, marked=False)
        pages = 0
        while not stopping.is_set() and not self._stopped():
            await self._hold()
            page = await self._pages.read(self._entity, scan.place, share)
            scan = await self._take(scan, page, share)
            if page.next is None:
                await self._end(scan)
                return
            pages += 1
            scan = msgspec.structs.replace(scan, place=page.next)
            await self._remember(scan, store=pages % self._pages_a_store == 0)
        await self._bookmark.store(scan=scan)

    def _stopped(self) -> bool:
        asked = self._asked()
        return asked is not None and asked.wanted == "stop"

    def due(self) -> bool:
        """Tell whether a whole reading is to begin or to go on now."""
        reading, asked = self._bookmark.reading, self._asked()
        if self._stopped() or not self._ready():
            return False
        if (asked is not None and asked.id != reading.asked) or self._missing.approval() is not None:
            return True
        if reading.scan is not None or not reading.complete or reading.scan_due is not None:
            return True
        return self._clock.now_ms() - (reading.scanned_at or 0) >= self._every_s * 1000

    async def _begin(self) -> Scan:
        begun = await self._rounds.begin(self._entity, scan=True)
        now = self._clock.now_ms()
        kind: Literal["backfill", "full"] = "full" if self._bookmark.reading.complete else "backfill"
        merged = self._bookmark.reading.scan_due == deletes.MERGED
        scan = Scan(f"{self._system}/{self._entity}/{now}", kind, begun, now, START, merged=merged)
        self._marks.begin(scan.id)
        asked = self._asked()
        await self._bookmark.store(scan=scan, scan_due=None, asked=asked.id if asked is not None else None)
        return scan

    async def _take(self, scan: Scan, page: Page, share: Share) -> Scan:
        reader = Reader(self._epoch, scan.id, backfill=scan.kind == "backfill")
        published = await self._observer.observe(page.records, reader, share)
        await self._observer.list_unread(self._entity, page.unread)
        self._marks.add([seen.ref for seen in page.records] + [one.ref for one in page.unread if one.ref])
        nameless = scan.nameless or any(one.ref is None for one in page.unread)
        marked = scan.marked and not page.partial
        return msgspec.structs.replace(
            scan, published=scan.published + published, nameless=nameless, marked=marked
        )

    async def _remember(self, scan: Scan, *, store: bool) -> None:
        if store:
            await self._bookmark.store(scan=scan)
        else:
            self._bookmark.move(scan=scan)

    async def _end(self, scan: Scan) -> None:
        if scan.marked:
            merged = scan.merged or self._bookmark.reading.scan_due == deletes.MERGED
            await self._missing.suspect(self._marks.__contains__, scan.began_at, merged=merged)
        await self._rounds.passed(
            scan.begun, self._entity, complete=True, published=scan.published, scan=True
        )
        await self._bookmark.store(scan=None, complete=True, scanned_at=self._clock.now_ms())
        await self._observer.readable(self._entity, "scan")
        if not scan.nameless:
            await self._observer.readable(self._entity, "record")
        log.info("scan.passed", entity=self._entity, kind=scan.kind, published=scan.published)

    async def _failed(self, error: ConnectorError) -> None:
        log.warning("scan.failing", entity=self._entity, error=error.shown)
        if isinstance(error, Park):
            await self._observer.list_unread(self._entity, [Unread(error.reason)], page="scan")
