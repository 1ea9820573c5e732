"""Asking after records that may be gone, and saying so when they are."""

from collections.abc import Callable

from connectors import deletes
from connectors.clock import Clock
from connectors.cursor import Bookmark, Suspicion
from connectors.errors import Park
from connectors.http import Client
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.shares import Share
from connectors.source import Source, Unread

NAMED_A_ROUND, SUSPECTED_A_ROUND = 20, 5


def never(ref: str) -> bool:
    del ref
    return False


class Suspects:
    """The suspicions of one entity; they are kept in its cursor, so a restart forgets none.

    `replacing`: whether we are making this record anew ourselves; that it is missing then says nothing.
    """

    def __init__(
        self,
        entity: str,
        source: Source,
        client: Client,
        observer: Observer,
        bookmark: Bookmark,
        clock: Clock,
        replacing: Callable[[str], bool] = never,
    ) -> None:
        self._entity = entity
        self._source = source
        self._client = client
        self._observer = observer
        self._bookmark = bookmark
        self._clock = clock
        self._replacing = replacing

    async def suspect(self, refs: list[str], *, named: bool, merged: bool = False) -> None:
        """Raise suspicions, durably."""
        if refs:
            present = self._bookmark.reading.suspicions
            await self._bookmark.store(
                suspicions=deletes.raised(present, refs, self._clock.now_ms(), named=named, merged=merged)
            )

    async def check(self, number: int, reader: Reader) -> int:
        """Ask for what is due in this round; returns how many versions were published."""
        held = self._bookmark.reading.suspicions
        if not held:
            return 0
        seconds = self._source.traits(self._entity).confirm_seconds
        named = tuple(one for one in held if one.named)
        other = tuple(one for one in held if not one.named)
        now = self._clock.now_ms()
        asked = deletes.due(named, number, now, seconds, NAMED_A_ROUND)
        asked += deletes.due(other, number, now, seconds, SUSPECTED_A_ROUND)
        published = 0
        for one in asked:
            published += await self._ask(one, number, reader)
        return published

    async def _ask(self, one: Suspicion, number: int, reader: Reader) -> int:
        share = _share(one)
        try:
            answer = await self._client.read(self._source.one_request(one.ref), share)
            seen = self._source.one(one.ref, answer)
        except Park as error:
            # One that is not held is published as gone, and a kill has left its suspicion here.
            if self._observer.holds(one.ref):
                await self._observer.list_unread(self._entity, [Unread(error.reason, one.ref)])
            await self._replace(one, None)
            return 0
        if seen is not None:
            published = await self._observer.observe([seen], reader, share)
            await self._replace(one, None)
            return published
        if self._replacing(one.ref):
            await self._replace(one, Suspicion(one.ref, one.raised_at, one.named, merged=one.merged))
            return 0
        after = deletes.missed(one, number, answer.got_at)
        if after is None and one.merged:
            await self._observer.merged(one.ref)
        gone = after is None and await self._observer.delete(one.ref, reader, answer.asked_at)
        await self._replace(one, after)
        return int(gone)

    async def _replace(self, one: Suspicion, after: Suspicion | None) -> None:
        left = [held for held in self._bookmark.reading.suspicions if held.ref != one.ref]
        await self._bookmark.store(suspicions=(*left, *([after] if after is not None else [])))


def _share(one: Suspicion) -> Share:
    return "live" if one.named else "reconcile"
