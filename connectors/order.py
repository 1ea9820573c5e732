"""One order of reads and writes: what a page says about a record that we were just writing, it does not say."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from connectors.clock import Clock
from connectors.past import Answered
from schemas.records import Applied, Command, Json, Result

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
        self._answers: dict[str, Answered] = {}
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
        for memory in memories:
            result, trying = memory.result, memory.trying
            if result is None or result.ref is None or not result.wrote:
                continue
            if self._counts(result.ref, result.read_at, now):
                self._ended[result.ref] = result.read_at
                if trying is not None and trying.command_id == result.command_id:
                    self._learn(result, trying.expected)

    def answered(self, command: Command, result: Result) -> None:
        """Know what a write was answered with: an answer that comes later and lacks it may show a past."""
        if result.wrote and result.ref in self._ended:
            self._learn(result, {name: command.expected.get(name) for name in command.changed})

    def answer(self, ref: str) -> Answered | None:
        """Return what our last write of a record was answered with, as long as the write is remembered."""
        return self._answers.get(ref)

    def answer_since(self, ref: str, at: int) -> Answered | None:
        """Return it if it came at that time or later: a later write without an answer makes an old one no newer."""
        answered = self._answers.get(ref)
        return answered if answered is not None and answered.at >= at else None

    async def idle(self, ref: str) -> None:
        """Wait until no write of this record is under way."""
        while ref in self._under_way:
            ended = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(ref, []).append(ended)
            await ended

    def _learn(self, result: Result, before: Mapping[str, Json]) -> None:
        ref, image = result.ref, result.image
        if ref is None or image is None or result.outcome != "done":
            return
        known = self._answers.get(ref)
        was = {**(known.before if known is not None else {}), **before}
        values = {name: image[name] for name in was if name in image}
        self._answers[ref] = Answered(result.updated_at, values, was, result.read_at)

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
            else:
                self._answers.pop(old, None)

    def _counts(self, ref: str, at: int, now: int) -> bool:
        return at >= now - REMEMBERED_MS or self._read_at(ref) <= at
