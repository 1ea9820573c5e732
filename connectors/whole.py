"""The reading of an entity that has no events and no list of what has changed: all of it, each time.

Live polling, backfill and scan are this same reading: what it has not met may be gone.
"""

from collections.abc import Awaitable, Callable

import msgspec

from connectors.clock import Clock
from connectors.cursor import Bookmark
from connectors.missing import Asked, Missing, nobody
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.order import WriteOrder
from connectors.pages import Pages
from connectors.shares import Share
from connectors.source import Place, SourceEvent
from connectors.suspects import Suspects


class WholeReading:
    """Reads one entity from its first record to its last, once a round."""

    behind = False

    def __init__(
        self,
        entity: str,
        system: str,
        pages: Pages,
        observer: Observer,
        missing: Missing,
        order: WriteOrder,
        bookmark: Bookmark,
        clock: Clock,
        hold: Callable[[], Awaitable[None]],
        asked: Callable[[], Asked | None] = nobody,
    ) -> None:
        self.entity = entity
        self.bookmark = bookmark
        self.skew_ms = 0
        self._system = system
        self._pages = pages
        self._observer = observer
        self._missing = missing
        self._order = order
        self._clock = clock
        self._hold = hold
        self._asked = asked

    def wished(self) -> bool:
        """Tell whether a person wants a reading that has not begun, or has approved of what was missing."""
        asked = self._asked()
        new = asked is not None and asked.wanted == "start" and asked.id != self.bookmark.reading.asked
        return new or self._missing.approval() is not None

    async def read(self, reader: Reader) -> int:
        """Publish what is new, suspect what is missing; returns how many versions were published."""
        asked = self._asked()
        if asked is not None:
            await self.bookmark.store(asked=asked.id)
        began_at, first = self._clock.now_ms(), not self.bookmark.reading.complete
        scan_id = f"{self._system}/{self.entity}/{began_at}"
        reader = msgspec.structs.replace(reader, scan_id=scan_id, backfill=first)
        share: Share = "backfill" if first else "live"
        met: set[str] = set()
        published, nameless, place = 0, False, Place(0)
        following: Place | None = place
        while following is not None:
            if first:
                await self._hold()
            page = await self._pages.read(self.entity, following, share)
            published += await self._observer.observe(page.records, reader, share)
            await self._observer.list_unread(self.entity, page.unread)
            met |= {seen.ref for seen in page.records} | {one.ref for one in page.unread if one.ref}
            nameless = nameless or any(one.ref is None for one in page.unread)
            self.skew_ms, following = page.skew_ms, page.next
        await self._ended(met, began_at, first=first, nameless=nameless)
        return published

    async def follow(self, news: tuple[SourceEvent, ...] | None, suspects: Suspects, reader: Reader) -> int:
        """There are no events."""
        del news, suspects, reader
        return 0

    async def _ended(self, met: set[str], began_at: int, *, first: bool, nameless: bool) -> None:
        # What we were writing meanwhile may have been between its delete and its new beginning.
        await self._missing.suspect(lambda ref: ref in met or self._order.clouded(ref, began_at), began_at)
        if first:
            await self.bookmark.store(complete=True)
        if not nameless:
            await self._observer.readable(self.entity, "record")
