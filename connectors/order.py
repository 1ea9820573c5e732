"""One order of reads and writes: what a page says about a record that we were just writing, it does not say."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from connectors.clock import Clock
from schemas.records import Applied

REMEMBERED_MS = 300_000
LOOKED_AT = 4  # remembered writes that each new one has looked at: more than one, so that they become fewer


class WriteOrder:
    """Knows which records are being written and when the last write of each ended, by our clock.

    `read_at`: when the version was read that the poller holds of a record. A write is remembered until there is a
    later one, however long nobody could read: a user who takes it back meanwhile shows what was held before it.
    """

    def __init__(self, clock: Clock, read_at: Callable[[str], int]) -> None:
        self._clock = clock
        self._read_at = read_at
        self._under_way: dict[str, int] = {}
        self._ended: dict[str, int] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    @contextmanager
    def writing(self, ref: str) -> Iterator[None]:
        """Mark a record as being written while the block runs."""
        self._under_way[ref] = self._under_way.get(ref, 0) + 1
        try:
            yield
        finally:
            self._end(ref)

    def clouded(self, ref: str, asked_at: int) -> bool:
        """Tell whether an answer asked for at that time may be older than our own write."""
        return ref in self._under_way or self._ended.get(ref, -1) >= asked_at

    def written_since(self, ref: str, at: int) -> bool:
        """Tell whether a write of ours has ended since that time."""
        return self._ended.get(ref, -1) >= at

    def recall(self, memories: Iterable[Applied], now: int) -> None:
        """Know of what the last holder wrote shortly before it ended, or what nobody has read since."""
        results = (memory.result for memory in memories if memory.result is not None)
        for result in results:
            if result.ref is not None and result.wrote and self._counts(result.ref, result.read_at, now):
                self._ended[result.ref] = result.read_at

    async def idle(self, ref: str) -> None:
        """Wait until no write of this record is under way."""
        while ref in self._under_way:
            ended = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(ref, []).append(ended)
            await ended

    def _end(self, ref: str) -> None:
        left = self._under_way[ref] - 1
        if left:
            self._under_way[ref] = left
            return
        del self._under_way[ref]
        now = self._clock.now_ms()
        self._ended.pop(ref, None)
        self._ended[ref] = now
        self._forget(now)
        for waiting in self._waiting.pop(ref, []):
            if not waiting.done():
                waiting.set_result(None)

    def _forget(self, now: int) -> None:
        """Drop a few that count no more; what still does goes to the end, to be looked at again."""
        for old in list(islice(self._ended, LOOKED_AT)):
            at = self._ended.pop(old)
            if self._counts(old, at, now):
                self._ended[old] = at

    def _counts(self, ref: str, at: int, now: int) -> bool:
        return at >= now - REMEMBERED_MS or self._read_at(ref) <= at
