"""One system's sink worker: its queue of commands, what it remembers, and the command under way."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from connectors import sink_rules as rules
from connectors.image import same_number
from connectors.sink_rules import Finish
from connectors.watch import Watch
from schemas.records import Applied, Command, Result, Trying
from tests.property.apis import Api
from tests.property.carriers import Carrier
from tests.property.entities import LISTED
from tests.property.pollers import Poller

TIES = True  # whether a first write is tied to a version only if that shows what the command expects


class Sink:
    """Carries commands out in their order. `opened`: whether a command may be carried out; unknown is closed."""

    def __init__(self, api: Api, poller: Poller, opened: Callable[[Command], bool]) -> None:
        self.api, self.poller, self.opened = api, poller, opened
        self.commands: list[Command] = []
        self.all: list[Command] = []
        self.applied: dict[str, Applied] = {}
        self.carrier: Carrier | None = None
        self.watch = Watch()
        self.met = 0
        self.after = 0
        self.ties = TIES

    def __repr__(self) -> str:
        return f"<sink of {self.api.system}, {len(self.commands)} commands wait>"

    def take(self, command: Command) -> None:
        self.commands.append(command)
        self.all.append(command)

    def step(self, now: int, mode: str = "ok") -> list[Result]:
        """Brings the first command on by one request; the results to append, if it ended."""
        if not self.commands:
            return []
        begun = self.start(now)
        if begun is not None:
            return self._end(begun)
        if mode == "die":
            self.restart(now)
            return []
        assert self.carrier is not None
        result = self.carrier.step(now, "lost" if mode == "die_after" else mode)
        self._wrote(self.commands[0], now)
        if mode == "die_after":
            self.restart(now)
            return []
        return [] if result is None else self._end(result)

    def restart(self, now: int) -> None:
        """Nothing is known but what was noted; the events are read again from there."""
        self.carrier, self.watch, self.met = None, Watch(), 0
        self.watch.recall(self.applied.values(), now)

    def writes_next(self) -> bool:
        """Whether the next request of the command under way is a write, as far as that is known."""
        return self.carrier is not None and self.carrier.writes_next()

    def start(self, now: int) -> Result | None:
        """Takes the first command up; a result if it is answered without a request."""
        if self.carrier is not None:
            return None
        command = self.commands[0]
        memory = self.applied.get(command.link_id)
        start = rules.begin(command, memory, open_=self.opened(command))
        if isinstance(start, Result):
            return start
        version = self._version(command, memory)
        # What was met before the write is no event of it, equal as it may look.
        self.after = 0 if start == "doubtful" else self.watch.newest
        carrier = Carrier(self.api, command, memory, version, doubtful=start == "doubtful")
        if start in {"superseded", "held"}:
            return carrier.result(Finish(start), now)
        self.carrier = carrier
        return None

    def _version(self, command: Command, memory: Applied | None) -> str | None:
        """The version a first write is tied to: that of a held image which shows what the command expects."""
        held: list[Any] = [self.poller.shadow.get(str(command.ref))]
        images = [one.after for one in held if one is not None and one.after is not None]
        if memory is not None and memory.result is not None and memory.result.image is not None:
            images.append(memory.result.image)
        fit = [i for i in images if "Version" in i and (not self.ties or _shows(i, command.expected))]
        return str(max(int(i["Version"]) for i in fit)) if fit else None

    def _wrote(self, command: Command, now: int) -> None:
        """Remembers what was noted before the request, and that a page read until now may be older."""
        assert self.carrier is not None
        trying: Trying | None = self.carrier.trying
        before = self.applied.get(command.link_id)
        result = before.result if before is not None else None
        self.applied[command.link_id] = Applied(command.link_id, trying, result)
        if command.ref is not None:
            self.poller.wrote[command.ref] = now

    def _end(self, result: Result) -> list[Result]:
        command = self.commands.pop(0)
        trying = self.carrier.trying if self.carrier is not None else None
        self.carrier = None
        if result.ref is not None and result.wrote and result.updated_at is not None:
            self.poller.stamped[result.ref] = result.updated_at
        if result.outcome != "superseded":
            self.applied[command.link_id] = Applied(command.link_id, trying, result)
        if result.outcome == "done" and trying is not None and trying.command_id == command.id:
            result = replace(result, wrote=True)
        since = trying.at if trying is not None else None
        events = self.api.system == "invoiced"
        listed = LISTED.get((self.api.system, command.entity))
        watched = (
            self.watch.add(command, result, self.api.clock_ms, self.after, since, listed) if events else []
        )
        return [result, *watched]

    def watched(self, now: int) -> list[Result]:
        """What the system's events show to have been overwritten."""
        events, self.met = self.api.events[self.met :], len(self.api.events)
        return self.watch.meet(events, now) if self.api.system == "invoiced" else []


def _shows(image: Any, expected: Any) -> bool:
    return all(same_number(image.get(name), value) for name, value in expected.items())
