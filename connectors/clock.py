"""The only place in the connectors that reads a clock, so that tests can bring their own."""

import asyncio
import time
from contextlib import suppress
from typing import Protocol


class Clock(Protocol):
    """Wall time for records, monotonic time for limits, and a sleep that follows both."""

    def now_ms(self) -> int: ...
    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...
    async def sleep_unless(self, stopping: asyncio.Event, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        """Return ms since 1970, UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Return seconds that never go back; they run on while the process is stopped."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait without blocking the loop."""
        await asyncio.sleep(seconds)

    async def sleep_unless(self, stopping: asyncio.Event, seconds: float) -> None:
        """Wait, but not beyond the event."""
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)
