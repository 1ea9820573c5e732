"""What is new in an events feed: read from its newest page back to an event that was handled a while ago."""

from connectors.cursor import FeedReading
from connectors.exchange import Answer
from connectors.http import Client
from connectors.source import Feed, SourceEvent

REMEMBERED = 1_000
MOST_PAGES = 20
LATE_MS = 5_000  # an event may show up so long after its time, behind hundreds that came later


class FeedReader:
    """Hands out each event once, oldest first. One that shows up late is met in the seconds that are read again.

    `back_to`: the first reading goes back to that time; what was handled before is then in `again`.
    """

    def __init__(self, feed: Feed, client: Client, reading: FeedReading, back_to: int | None = None) -> None:
        self._feed = feed
        self._client = client
        self._back_to = back_to
        self.reading = reading
        self.gap = False
        self.again: tuple[SourceEvent, ...] = ()
        self._newest: tuple[bytes, tuple[SourceEvent, ...]] | None = None
        self._read_at, self._asked_at = reading.read_at, 0

    async def news(self) -> tuple[SourceEvent, ...]:
        """Return unhandled events; `gap` says that some may be beyond the feed's end. `keep` ends the handling."""
        known, found, page = set(self.reading.seen), dict[int, SourceEvent](), 1
        self.gap, self.again = False, ()
        while True:
            answer = await self._client.read(self._feed.request(page))
            events = self._parsed(page, answer)
            if page == 1:
                self._asked_at = answer.date or answer.asked_at
            found |= {event.id: event for event in events}
            if not self.reading.started or self._far_enough(events, known):
                break
            page += 1
            if page > MOST_PAGES:
                self.gap = True
                break
        if self.reading.started and known and found and not known & found.keys():
            self.gap = True
        if not self.reading.started:
            self.keep(tuple(found.values()))
            return ()
        if self._back_to is not None:
            self.again = await self._before(page, [found[number] for number in found.keys() & known], events)
        return tuple(event for number, event in sorted(found.items()) if number not in known)

    def _far_enough(self, events: tuple[SourceEvent, ...], known: set[int]) -> bool:
        """Tell whether nothing new can be behind a page: the feed's end, or what was handled and is too old to be late.

        What was too late for the last handled reading is met by this one, however long ago that was.
        """
        if len(events) < self._feed.full:
            return True
        handled = any(event.id in known for event in events)
        last = min(self._read_at or self._asked_at, self._asked_at)
        return handled and min(event.at for event in events) <= last - LATE_MS

    async def _before(
        self, page: int, handled: list[SourceEvent], events: tuple[SourceEvent, ...]
    ) -> tuple[SourceEvent, ...]:
        """Return what was handled since `back_to`; what is met further back was, whether it is remembered or not."""
        older = {event.id: event for event in handled}
        while events and page < MOST_PAGES and not any(event.at < (self._back_to or 0) for event in events):
            page += 1
            events = self._feed.events(await self._client.read(self._feed.request(page)))
            older |= {event.id: event for event in events}
        self._back_to = None
        return tuple(event for _, event in sorted(older.items()))

    def _parsed(self, page: int, answer: Answer) -> tuple[SourceEvent, ...]:
        """Return a page's events; in a quiet system the first page is the same round after round, and is read once."""
        if page > 1:
            return self._feed.events(answer)
        if self._newest is None or self._newest[0] != answer.content:
            self._newest = (answer.content, self._feed.events(answer))
        return self._newest[1]

    def keep(self, handled: tuple[SourceEvent, ...]) -> None:
        """Remember events as handled."""
        self._read_at = self._asked_at
        seen = tuple(sorted({*self.reading.seen, *(event.id for event in handled)})[-REMEMBERED:])
        # A quiet round is not worth a record: who comes next reads back to the last news.
        if (seen, True) != (self.reading.seen, self.reading.started):
            self.reading = FeedReading(seen, started=True, read_at=self._read_at)
