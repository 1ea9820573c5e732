"""The sync stage on a real broker: laps of events through whole chunks, and through a plain Faust agent."""

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from bench.embedded import Servers
from bench.expect import expect
from bench.lap import Lap
from bench.room import Room
from bench.worker import Taken, Way, Worker, worker
from schemas.records import Command, Link

ECHOES = 5  # how often the same echoes are appended: they are too quick to be timed once


class Speed(NamedTuple):
    """Events a second by the clock, and microseconds of processor time an event."""

    rate: float
    cpu_us: float


def speed(events: int, taken: Taken) -> Speed:
    return Speed(events / taken.clock, taken.cpu / events * 1e6)


def median(speeds: Sequence[Speed]) -> Speed:
    return Speed(
        statistics.median(one.rate for one in speeds), statistics.median(one.cpu_us for one in speeds)
    )


class Course:
    """Laps through one worker; every phase is timed, and what came of it is counted."""

    def __init__(self, on: Worker, size: int) -> None:
        self._on, self._room, self._size = on, on.room, size
        self._commands = self._room.reader("commands.crm")
        self.speeds: dict[str, list[Speed]] = defaultdict(list)

    def lap(self, first: int) -> None:
        """First sight, creates decided and answered, their echoes, one property edited, sent and answered."""
        lap = Lap(self._room.codec, first, self._size, time.time_ns() // 1_000_000)
        self._phase("first sight", lap.first_sights(), 0)
        creates = self._decided(lap)
        self._phase("result of a create", lap.answers(creates), 0)
        self._phase("echo", lap.echoes() * ECHOES, 0)
        edits = self._phase("change", lap.changes(), self._size)
        expect("changed properties", {("Description",)}, {command.changed for command in edits})
        self._phase("result of a change", lap.answers(edits), 0)
        self._phase("echo", lap.echoes() * ECHOES, 0)

    def linked(self) -> int:
        """Links that are in step, by the public topic."""
        links = self._room.reader("links")
        last = {message.key(): message.value() for message in links.new()}
        links.close()
        states = [self._room.codec.decode(value) for value in last.values()]
        return sum(isinstance(link, Link) and link.state == "linked" for link in states)

    def close(self) -> None:
        self._commands.close()

    def _phase(self, name: str, values: Sequence[bytes], commands: int) -> list[Command]:
        self.speeds[name].append(speed(len(values), self._on.time(values)))
        found = self._sent()
        expect(f"commands after {name}", commands, len(found))
        return found

    def _decided(self, lap: Lap) -> list[Command]:
        found: list[Command] = []

        def all_there() -> bool:
            found.extend(self._sent())
            return len(found) >= self._size

        self.speeds["deciding"].append(speed(self._size, self._on.time(lap.rounds(), all_there)))
        expect("creates", {("create", self._size)}, {(command.verb, len(found)) for command in found})
        return found

    def _sent(self) -> list[Command]:
        values = [self._room.codec.decode(message.value() or b"") for message in self._commands.new()]
        return [value for value in values if isinstance(value, Command)]


def ours(servers: Servers, way: Way, size: int, laps: int) -> dict[str, Speed]:
    """The speed of each phase, medians of the laps."""
    room = Room(servers)
    with worker(room, way, "ours") as on:
        course = Course(on, size)
        for number in range(laps):
            course.lap(1 + number * size)
        expect("links in step", size * laps, course.linked())
        course.close()
    room.close()
    return {name: median(speeds) for name, speeds in course.speeds.items()}


def empty(servers: Servers, way: Way, size: int, laps: int) -> Speed:
    """The speed without a domain, the median of the laps."""
    room, speeds = Room(servers), list[Speed]()
    values = [b"%0600d" % number for number in range(size)]
    with worker(room, way, "empty") as on:
        for _ in range(laps):
            speeds.append(speed(size, on.time(values)))
        sent = room.reader("control")
        expect("records sent on", size * laps + 1, sum(1 for _ in sent.new()))
        sent.close()
    room.close()
    return median(speeds)
