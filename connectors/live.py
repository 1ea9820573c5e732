"""The live reading of one entity: everything stamped since the cursor, published at once, the cursor held back.

The cursor stays `LAG_MS` behind the server's `Date`, so that a second is read again once it is over; and it
follows that `Date` even when nothing changes, so that a quiet system answers with an empty page.
"""

from collections.abc import Awaitable, Iterable
from typing import Protocol

from connectors import deletes
from connectors.clock import Clock
from connectors.cursor import HINTS_A_ROUND, Bookmark, Hint
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.pages import Pages
from connectors.source import Page, Place, SourceEvent
from connectors.suspects import Suspects

LAG_MS = 2_000
OVERLAP_MS = 1_000
FIRST_MS = 60_000
STORE_MS = 30_000
SECOND = 1000


class Live(Protocol):
    """The live reading of one entity. `behind`: what it was told of is not all read, so the round does not count.

    `wished`: somebody wants it to be read now, not when its time has come.
    """

    bookmark: Bookmark
    skew_ms: int

    @property
    def behind(self) -> bool: ...
    def wished(self) -> bool: ...
    def read(self, reader: Reader) -> Awaitable[int]: ...
    def follow(
        self, news: tuple[SourceEvent, ...] | None, suspects: Suspects, reader: Reader
    ) -> Awaitable[int]: ...


class LiveReading:
    """Reads one entity from its cursor to the end of its list, once a round."""

    def __init__(
        self, entity: str, pages: Pages, observer: Observer, bookmark: Bookmark, clock: Clock
    ) -> None:
        self.entity = entity
        self.bookmark = bookmark
        self._pages = pages
        self._observer = observer
        self._clock = clock
        self.met: dict[str, int] = {}
        self.skew_ms = 0

    @property
    def behind(self) -> bool:
        """Tell whether events name more than a round reads by id."""
        return bool(self.bookmark.reading.hints)

    def wished(self) -> bool:
        """A wish for a whole reading is the scanner's affair."""
        return False

    async def read(self, reader: Reader) -> int:
        """Publish what is new and move the cursor; returns how many versions were published."""
        self.met.clear()
        since = self.bookmark.reading.since
        if since is None:
            since = self._clock.now_ms() - FIRST_MS
        published, whole, place = 0, True, Place(max(0, since - OVERLAP_MS))
        following: Place | None = place
        while following is not None:
            page = await self._pages.read(self.entity, following, "live")
            published += await self._take(page, reader)
            whole = whole and self._up_to_date(page, following)
            since = self._moved(since, page) if whole else since
            following = page.next
        await self._keep(since, published)
        return published

    async def follow(self, news: tuple[SourceEvent, ...] | None, suspects: Suspects, reader: Reader) -> int:
        """Follow events: deletes are suspicions; what else is told of a record that the list did not show is read by its id.

        An invoice is viewed or paid by events of types of their own, and a stamp need not move with them.
        """
        entity = self.entity
        about = [e for e in news or () if e.ref is not None and e.ref.split(":")[1] == entity]
        gone = [event.ref for event in about if event.kind == "deleted" and event.ref is not None]
        merged = any(event.kind == "merged" for event in about)
        await suspects.suspect(gone, named=True, merged=merged)
        if merged:
            await self.bookmark.store(scan_due=deletes.MERGED)
        return await self._read_told([event for event in about if event.ref not in gone], reader)

    async def _read_told(self, about: Iterable[SourceEvent], reader: Reader) -> int:
        """Read by id what was told and not met since; what is too much for a round is read in the next ones."""
        told = {hint.ref: hint.at for hint in self.bookmark.reading.hints}
        told |= {str(event.ref): event.at for event in about}
        # One that was met as it was before the event has not been met.
        unmet = [Hint(ref, at) for ref, at in told.items() if self.met.get(ref, -1) < at]
        left = tuple(hint for hint in unmet if self._observer.unknown_at(hint.ref, hint.at))
        published = await self._observer.read_each(
            [hint.ref for hint in left[:HINTS_A_ROUND]], reader, "live"
        )
        if left[HINTS_A_ROUND:] != self.bookmark.reading.hints:
            await self.bookmark.store(hints=left[HINTS_A_ROUND:])
        return published

    async def _take(self, page: Page, reader: Reader) -> int:
        self.met.update({seen.ref: seen.updated_at or 0 for seen in page.records})
        self.skew_ms = page.skew_ms
        published = await self._observer.observe(page.records, reader, "live")
        await self._observer.list_unread(self.entity, page.unread)
        return published

    @staticmethod
    def _up_to_date(page: Page, asked: Place) -> bool:
        """Tell whether nothing in a page is older than what was asked for: else it shows a past, and says nothing."""
        start = (asked.since if asked.tie is None else asked.tie) // SECOND * SECOND
        return all(seen.updated_at is None or seen.updated_at >= start for seen in page.records)

    def _moved(self, since: int, page: Page) -> int:
        """Return the cursor after a page. A `Date` before the cursor is a clock set back: everything is read again."""
        if page.date is not None and page.date < since:
            self.bookmark.move(scan_due="the source's clock was set back")
            return page.date - LAG_MS
        if page.next is not None:
            return since if page.next.tie is not None else max(since, min(page.next.since, self._cap(page)))
        return max(since, self._cap(page)) if page.date is not None else self._without_date(since, page)

    @staticmethod
    def _cap(page: Page) -> int:
        return (page.date or page.asked_at) - LAG_MS

    @staticmethod
    def _without_date(since: int, page: Page) -> int:
        stamps = [seen.updated_at for seen in page.records if seen.updated_at is not None]
        return max(since, max(stamps, default=0) - LAG_MS)

    async def _keep(self, since: int, published: int) -> None:
        self.bookmark.move(since=since)
        if published or self.bookmark.reading.scan_due is not None:
            await self.bookmark.store()
        else:
            await self.bookmark.store_if_far(STORE_MS)
