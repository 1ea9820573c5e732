"""How long to wait between tries, and when to give up: a limit of tries and a limit of time, both always."""

import random
from collections.abc import Callable

from msgspec import Struct


class Limits(Struct, frozen=True):
    """The defaults of a command: a minute, then `retry_at`."""

    seconds: float = 60.0
    tries: int = 12
    first: float = 0.25
    most: float = 15.0


class Backoff:
    """Pauses that double, with jitter, for one command."""

    def __init__(self, limits: Limits, now: float, jitter: Callable[[], float] = random.random) -> None:
        self._limits = limits
        self._ends = now + limits.seconds
        self._jitter = jitter
        self.tries = 0

    def pause(self, now: float, wanted: float | None) -> float | None:
        """Return the seconds until the next try; None: give up."""
        self.tries += 1
        doubled = min(self._limits.most, self._limits.first * 2.0 ** (self.tries - 1))
        pause = max(wanted or 0.0, doubled * (0.5 + self._jitter() / 2))
        return None if self.tries >= self._limits.tries or now + pause > self._ends else pause

    def later(self, wanted: float | None) -> float:
        """Return after how many seconds the whole command may be tried again."""
        return max(wanted or 0.0, self._limits.most)
