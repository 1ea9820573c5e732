"""One request budget for all that speaks to a system: polling, writing, retrying, backfill, reconcile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.bucket import Bucket
from connectors.clock import Clock
from connectors.shares import FairQueue, Share

IN_FLIGHT = (
    5  # Invoiced limits concurrent requests per key; a fifth of the assumed twenty leaves room for people
)


class Budget:
    """Grants turns: at most `in_flight` at once, at the bucket's rate, in the order the shares give."""

    def __init__(self, rps: float, clock: Clock, in_flight: int = IN_FLIGHT) -> None:
        self._clock = clock
        self._bucket = Bucket(rps, in_flight, clock.monotonic())
        self._queue: FairQueue[asyncio.Future[None]] = FairQueue()
        self._free = in_flight
        self._timer: asyncio.TimerHandle | None = None

    @property
    def rate(self) -> float:
        """The present rate in requests a second."""
        return self._bucket.rate

    @property
    def closed_until(self) -> float:
        """Until when the API wants no request at all, by the monotonic clock."""
        return self._bucket.closed_until

    @asynccontextmanager
    async def turn(self, share: Share) -> AsyncIterator[None]:
        """Wait for a turn and hold it until the block ends."""
        granted = asyncio.get_running_loop().create_future()
        self._queue.push(share, granted)
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self._release()
            raise
        try:
            yield
        finally:
            self._release()

    def heard(self, throttled: bool, after: float | None = None) -> None:
        """Adapt the rate to an answer."""
        if throttled:
            self._bucket.throttled(self._clock.monotonic(), after)
        else:
            self._bucket.succeeded()

    def _release(self) -> None:
        self._free += 1
        self._grant()

    def _grant(self) -> None:
        while self._free and len(self._queue):
            now = self._clock.monotonic()
            wait = self._bucket.wait(now)
            if wait > 0:
                self._later(wait)
                return
            granted = self._queue.pop()
            if granted.done():
                continue
            self._bucket.take(now)
            self._free -= 1
            granted.set_result(None)

    def _later(self, wait: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._woken)

    def _woken(self) -> None:
        self._timer = None
        self._grant()
