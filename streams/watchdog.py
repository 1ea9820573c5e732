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

    def observe(self, marks: Marks, now: float) -> None:
        """Take note of where each mark stands now."""
        self._since = {
            name: seen if (seen := self._since.get(name)) is not None and seen[0] == place else (place, now)
            for name, place in marks.items()
        }

    def seconds(self, now: float) -> Mapping[str, float]:
        """How long each present mark has not moved."""
        return {name: now - since for name, (_, since) in self._since.items()}


class Watchdog:
    """A thread, so that a blocked event loop is seen too; the loop brings it the marks.

    It ends the process at the limit, and `reason` tells from half of it on what is about to.
    """

    def __init__(self, stall_timeout_s: float, recovery_timeout_s: float) -> None:
        self._stall = stall_timeout_s
        self._recovery = recovery_timeout_s
        self._marks: Marks = {}
        self._started = False
        self._stillness = Stillness()
        self._beat = time.monotonic()
        self._stopped = threading.Event()

    def start(self) -> None:
        self._started, self._beat = True, time.monotonic()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def close(self) -> None:
        self._stopped.set()

    def report(self, marks: Marks, now: float | None = None) -> None:
        """Where everything stands; that it is called at all shows that the loop moves."""
        self._marks, self._beat = marks, time.monotonic() if now is None else now
        self._stillness.observe(marks, self._beat)

    def reason(self, part: float = 0.5, now: float | None = None) -> str | None:
        """What has stood still for longer than this part of its limit, or None; from any thread."""
        now = time.monotonic() if now is None else now
        silent = now - self._beat
        if silent > part * (self._stall if self._started else self._recovery):
            return f"the event loop is blocked: nothing was heard of it for {silent:.0f} s"
        for name, seconds in self._stillness.seconds(now).items():
            if seconds > part * (self._recovery if name == RECOVERY else self._stall):
                return f"alive but not moving: {name} at {self._marks.get(name)} for {seconds:.0f} s"
        return None

    def _watch(self) -> None:
        while not self._stopped.wait(SAMPLE_S):
            if (reason := self.reason(part=1.0)) is not None:
                stop(reason)


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
