"""One measured worker process: started, held while events are appended, let go, timed and ended."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Literal, NamedTuple

import psutil

from bench.room import Room
from sandbox.bound import spawn
from sandbox.ready import tail
from schemas.records import Nudge

Way = Literal["chunks", "plain"]
Domain = Literal["ours", "empty"]
WAYS: tuple[Way, ...] = ("chunks", "plain")
PATIENCE_S = 900.0
LOOK_S = 0.01


class Taken(NamedTuple):
    """Seconds by the clock, and seconds the process was at work on any core (a busy machine changes only the first)."""

    clock: float
    cpu: float


class Worker:
    """A process of `bench.sync_workers` on the topics of a room."""

    def __init__(self, room: Room, process: Popen[bytes], log: Path) -> None:
        self.room = room
        self._process = process
        self._log = log

    def time(self, values: Sequence[bytes], done: Callable[[], bool] | None = None) -> Taken:
        """What it takes to fold these. The worker is held until they all stand in the log."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            self.room.append(values)
        finally:
            self._process.send_signal(signal.SIGCONT)
        began, worked = time.perf_counter(), self._cpu()
        self.wait(done or self.caught_up)
        return Taken(time.perf_counter() - began, self._cpu() - worked)

    def caught_up(self) -> bool:
        """Whether all that was appended is folded, durable and committed."""
        return self.room.committed() >= self.room.end

    def _cpu(self) -> float:
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def wait(self, done: Callable[[], bool]) -> None:
        """Look until it is so; a worker that ended or is too slow raises with its log."""
        until = time.monotonic() + PATIENCE_S
        while not done():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the worker ended or stood still. Its log says:\n{tail(self._log)}")
            time.sleep(LOOK_S)


@contextmanager
def worker(room: Room, way: Way, domain: Domain) -> Iterator[Worker]:
    """A worker that has folded a first, harmless event."""
    prefix = room.topics.prefix
    told = {
        "bootstrap": room.servers.kafka,
        "registry": room.servers.registry,
        "prefix": prefix,
        "state_dir": str(room.servers.folder / f"{prefix}state"),
        "way": way,
        "domain": domain,
    }
    log = room.servers.folder / f"{prefix}worker.log"
    process = spawn([sys.executable, "-m", "bench.sync_workers", json.dumps(told)], log)
    try:
        found = Worker(room, process, log)
        room.append([room.codec.encode_event("bench/warm", Nudge("warm"))])
        found.wait(found.caught_up)
        yield found
    finally:
        process.kill()
        process.wait()
