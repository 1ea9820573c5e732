"""One order of reads and writes: what a page says about a record that we were just writing, it does not say."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from connectors.clock import Clock
from schemas.records import Applied

REMEMBERED_MS = 300_000


class WriteOrder:
    """Knows which records are being written and when the last write of each ended, by our clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
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
        """Know of what the last holder wrote shortly before it ended."""
        results = (memory.result for memory in memories if memory.result is not None)
        for result in results:
            if result.ref is not None and result.wrote and result.read_at > now - REMEMBERED_MS:
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
        while (oldest := next(iter(self._ended.items())))[1] < now - REMEMBERED_MS:
            del self._ended[oldest[0]]
        for waiting in self._waiting.pop(ref, []):
            if not waiting.done():
                waiting.set_result(None)
