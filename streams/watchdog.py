"""Ends a worker that lives but does not move: Faust can go quiet with every port still open."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.chunks import Ledger
from streams.guard import stop

SAMPLE_S = 1.0
RECOVERY = "recovery"

#: What should move, and where it stands; absent means that there is nothing to do.
Marks = Mapping[str, int]


@dataclass(slots=True)
class Stillness:
    """Since when each mark has stood at the same place."""

    _since: dict[str, tuple[int, float]] = field(default_factory=dict)

    def observe(self, marks: Marks, now: float) -> Mapping[str, float]:
        """Seconds each present mark has not moved."""
        self._since = {
            name: seen if (seen := self._since.get(name)) is not None and seen[0] == place else (place, now)
            for name, place in marks.items()
        }
        return {name: now - since for name, (_, since) in self._since.items()}


class Watchdog:
    """A thread, so that a blocked event loop is seen too; the loop brings it the marks."""

    def __init__(self, stall_timeout_s: float, recovery_timeout_s: float) -> None:
        self._stall = stall_timeout_s
        self._recovery = recovery_timeout_s
        self._marks: Marks = {}
        self._beat = time.monotonic()
        self._stopped = threading.Event()

    def start(self) -> None:
        self._beat = time.monotonic()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def close(self) -> None:
        self._stopped.set()

    def report(self, marks: Marks) -> None:
        self._marks, self._beat = marks, time.monotonic()

    def _watch(self) -> None:
        stillness = Stillness()
        while not self._stopped.wait(SAMPLE_S):
            now = time.monotonic()
            if now - self._beat > self._stall:
                stop("the event loop is blocked", seconds=round(now - self._beat))
            for name, seconds in stillness.observe(self._marks, now).items():
                if seconds > (self._recovery if name == RECOVERY else self._stall):
                    stop("alive but not moving", what=name, at=self._marks.get(name), seconds=round(seconds))


RECOVERY = "recovery"


async def marks(app: Any, ledger: Ledger) -> Marks:
    """Chunks not settled, and partitions with committed records that are not fetched."""
    if app.rebalancing:
        return {RECOVERY: app.rebalancing_count}
    found = {f"{topic}/{partition} settled": at for (topic, partition), at in ledger.oldest_open().items()}
    for tp in app.consumer.assignment():
        end = app.consumer.highwater(tp)
        if end and not app.consumer.is_changelog(tp) and (at := await app.consumer.position(tp)) < end:
            found[f"{tp.topic}/{tp.partition} fetched"] = at
    return found
