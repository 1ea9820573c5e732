"""What a whole reading has not met is suspected of being gone, unless that is too much to be believed."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from connectors import deletes
from connectors.cursor import Bookmark
from connectors.observer import Observer
from connectors.shadow import Shadow
from connectors.source import Unread
from connectors.suspects import Suspects


class Asked(NamedTuple):
    """What a person wants of whole readings (`start`, `stop`), or says of missing records (`approve`, `reject`)."""

    id: str
    wanted: str


def nobody() -> Asked | None:
    return None


class Missing:
    """Compares what one entity's whole reading has met with the records held."""

    def __init__(
        self,
        entity: str,
        system: str,
        shadow: Shadow,
        observer: Observer,
        suspects: Suspects,
        bookmark: Bookmark,
        judged: Callable[[], Asked | None] = nobody,
    ) -> None:
        self._entity = entity
        self._system = system
        self._shadow = shadow
        self._observer = observer
        self._suspects = suspects
        self._bookmark = bookmark
        self._judged = judged

    async def suspect(self, met: Callable[[str], bool], began_at: int, *, merged: bool = False) -> None:
        """Suspect what a reading that began then has not met, if few records are missing or a person has approved."""
        known, missing = await self._missing(met, began_at)
        approval = self.approval()
        most = self._bookmark.reading.missing if approval is not None else 0
        if approval is not None:
            await self._bookmark.store(approved=approval.id)
        if deletes.tripped(len(missing), known) and len(missing) > most:
            cause = (
                f"{len(missing)} of {known} records are missing from a complete scan, too many to be believed: "
                "look at the source, then `tandem breaker approve` or `reject`"
            )
            await self._bookmark.store(missing=len(missing))
            await self._observer.list_unread(
                self._entity, [Unread(cause)], page="missing", count=len(missing)
            )
            return
        await self._suspects.suspect(missing, named=False, merged=merged)
        if self._bookmark.reading.missing:
            await self._bookmark.store(missing=0)
        await self._observer.readable(self._entity, "missing")

    def approval(self) -> Asked | None:
        """Return what a person has approved since it was last told, and is not followed yet."""
        judged, reading = self._judged(), self._bookmark.reading
        waits = judged is not None and judged.wanted == "approve" and judged.id != reading.approved
        return judged if waits and reading.missing else None

    async def _missing(self, met: Callable[[str], bool], began_at: int) -> tuple[int, list[str]]:
        """How many records are known, and which of them were not met and nobody is asked for yet."""
        known, missing = 0, list[str]()
        held = {one.ref for one in self._bookmark.reading.suspicions}
        for number, ref in enumerate(self._shadow.refs(self._system, self._entity)):
            known += 1
            if number % 200 == 0:
                await asyncio.sleep(0)  # a walk over 100,000 refs must not hold back the live rounds
            if not met(ref) and ref not in held and self._older(ref, began_at):
                missing.append(ref)
        return known, missing

    def _older(self, ref: str, began_at: int) -> bool:
        held = self._shadow.get(ref)
        return held is not None and held.source.read_at < began_at
