"""The live reading of an entity that has no list of what has changed: its events name what is to be read.

An event's own image is not trusted for values: its record is read. What does not show the event's state yet is
read again in the next rounds, and the round does not count as passed before.
"""

import asyncio
from collections.abc import Iterable

import msgspec

from connectors import deletes
from connectors.clock import Clock
from connectors.cursor import HINTS_A_ROUND, Bookmark, Hint
from connectors.image import same
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.parents import Parents
from connectors.shadow import Shadow
from connectors.source import EntityTraits, SourceEvent
from connectors.suspects import Suspects
from schemas.records import Image

MOST_TRIES = 3


class EventReading:
    """Follows one entity's events. A gap in them asks for a whole reading, which is the poller's affair."""

    def __init__(
        self,
        traits: EntityTraits,
        system: str,
        observer: Observer,
        shadow: Shadow,
        parents: Parents,
        bookmark: Bookmark,
        clock: Clock,
    ) -> None:
        self.entity = traits.entity
        self.bookmark = bookmark
        self.skew_ms = 0
        self._above = f"{system}:{traits.parent}:"
        self._system = system
        self._observer = observer
        self._shadow = shadow
        self._parents = parents
        self._clock = clock
        self._heard = False
        self._told: dict[str, Image] = {}

    @property
    def behind(self) -> bool:
        """Tell whether the events name what has not been read, or could not be read themselves."""
        return not self._heard or bool(self.bookmark.reading.hints)

    def wished(self) -> bool:
        """A wish for a whole reading is the scanner's affair."""
        return False

    async def read(self, reader: Reader) -> int:
        """There is no list: a quiet round costs nothing."""
        del reader
        return 0

    async def follow(self, news: tuple[SourceEvent, ...] | None, suspects: Suspects, reader: Reader) -> int:
        """Read what the events name; what they say is deleted is suspected, as is what stood below the deleted."""
        self._heard = news is not None
        await self._note(news or (), suspects)
        hints = self.bookmark.reading.hints
        if not hints:
            return 0
        published, left = 0, list[Hint]()
        for hint in hints[:HINTS_A_ROUND]:
            published += await self._read(hint, reader)
            if not self._shows(hint) and hint.tries + 1 < MOST_TRIES:
                left.append(msgspec.structs.replace(hint, tries=hint.tries + 1))
            else:
                self._told.pop(hint.ref, None)
        await self.bookmark.store(hints=(*hints[HINTS_A_ROUND:], *left))
        return published

    async def _read(self, hint: Hint, reader: Reader) -> int:
        if hint.parent is not None:
            self._parents.learn(hint.ref, hint.parent)
        return await self._observer.read_each([hint.ref], reader, "live")

    def _shows(self, hint: Hint) -> bool:
        """Tell whether the version held is the one the event told of, or a later one.

        A stamp of the same second may be that of an earlier edit, shown by a replica that lags behind: then the
        values the event tells of have to be there as well.
        """
        held = self._shadow.get(hint.ref)
        if held is None or held.op == "d":
            return False
        stamp, image = held.source.updated_at, held.after or {}
        if stamp is None or stamp // 1000 != hint.at // 1000:
            return stamp is None or stamp > hint.at
        told = self._told.get(hint.ref, {})
        return all(same(image[name], value) for name, value in told.items() if name in image)

    async def _note(self, news: tuple[SourceEvent, ...], suspects: Suspects) -> None:
        mine = [event for event in news if event.ref is not None and event.ref.split(":")[1] == self.entity]
        above = [event for event in news if event.ref is not None and event.ref.startswith(self._above)]
        gone = [str(event.ref) for event in mine if event.kind == "deleted"]
        await self._hint([event for event in mine if event.kind in {"created", "updated"}], gone)
        if any(event.kind == "merged" for event in above):
            # What stood below the loser stands below the winner now, or is gone: no event says which.
            await self.bookmark.store(scan_due=deletes.MERGED)
        else:
            gone += await self._below({str(event.ref) for event in above if event.kind == "deleted"})
        await suspects.suspect([ref for ref in gone if self._shadow.get(ref) is not None], named=True)

    async def _hint(self, edited: Iterable[SourceEvent], gone: Iterable[str]) -> None:
        held = {hint.ref: hint for hint in self.bookmark.reading.hints}
        for event in edited:
            ref = str(event.ref)
            parent = event.parent or self._parents.of(ref)
            changed = {name: event.image[name] for name in event.previous if name in event.image}
            self._told[ref] = {**self._told.get(ref, {}), **changed}
            held[ref] = Hint(ref, event.at, parent)
            if parent is None:
                del held[ref]
                await self.bookmark.store(scan_due=f"nobody has told below which record {ref} lives")
        for ref in gone:
            held.pop(ref, None)
        for ref in self._told.keys() - held.keys():
            del self._told[ref]
        if tuple(held.values()) != self.bookmark.reading.hints:
            await self.bookmark.store(hints=tuple(held.values()))

    async def _below(self, parents: set[str]) -> list[str]:
        """Return what is held below parents that are gone: it may go without an event of its own."""
        found: list[str] = []
        if not parents:
            return found
        numbers = {ref.removeprefix(self._above) for ref in parents}
        for number, ref in enumerate(self._shadow.refs(self._system, self.entity)):
            if number % 200 == 0:
                await asyncio.sleep(0)  # a walk over 100,000 refs must not hold back the sink
            if self._parents.held(ref) in numbers:
                found.append(ref)
        return found
