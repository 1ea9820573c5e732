"""The whole of Tandem without Kafka: pollers, topics, log, `step`, sinks and two API models, moved by hand.

Every move is a call: a story is a list of moves, a seed replays it exactly; time passes a little with each.
"""

from typing import Any

from schemas.records import (
    Body,
    Command,
    Conflict,
    Decision,
    Event,
    Link,
    LogEnd,
    Nudge,
    Position,
    RoundBegun,
    RoundPassed,
    Unlinked,
)
from streams.domain import step as machine
from streams.domain.config import Config
from streams.domain.rows import LinkRow, RefRow, decode_link, decode_ref
from tests.property.apis import Api
from tests.property.configs import ALL_FLOWS, CONFIG, FLOWS, SYSTEMS, WHOLE, entities_of, policy
from tests.property.outlets import closed, deliver
from tests.property.pollers import Poller
from tests.property.rows import Rows
from tests.property.sinks import Sink

__all__ = ["ALL_FLOWS", "CONFIG", "FLOWS", "SYSTEMS", "WHOLE", "World", "policy"]
SPIN = 5_000


class World:
    """Both systems and everything between them."""

    def __init__(self, config: Config = CONFIG) -> None:
        self.config = config
        self.now = 1_700_000_000_000
        self.rows = Rows()
        self.log: list[Event] = []
        self.folded = 0
        self.control: dict[str, Any] = {}
        self.conflicts: list[Conflict] = []
        self.most = 0  # rows that one event has looked at
        self.backup: dict[str, Link] = {}
        self.alone: dict[str, Unlinked] = {}
        self.asked: dict[str, str | None] = {}
        self.scans: dict[str, str] = {}
        self.rounds = 0
        self.open: dict[str, tuple[str, Any, str | None]] = {}
        self.apis = {system: Api(system) for system in SYSTEMS}
        self.pollers = {system: Poller(self.apis[system]) for system in SYSTEMS}
        self.forwarded = dict.fromkeys(SYSTEMS, 0)
        self.sinks = {system: self._sink(system) for system in SYSTEMS}

    def __repr__(self) -> str:
        return (
            f"<world of {', '.join(map(repr, self.apis.values()))}, {self.folded} of {len(self.log)} folded>"
        )

    def _sink(self, system: str) -> Sink:
        def opened(command: Command) -> bool:
            gate = self.control.get(f"{self.config.tenant}|gate|{command.flow}|to-{system}", {})
            link = self.control.get(f"{self.config.tenant}|link|{command.link_id}", {})
            paused = link.get("state") == "paused"
            return bool(gate.get("state") == "open") and not paused and not closed(self)

        return Sink(self.apis[system], self.pollers[system], opened)

    # time and log

    def tick(self, ms: int = 10) -> int:
        self.now += ms
        return self.now

    def append(self, body: Body) -> None:
        offset = len(self.log)
        at = self.tick(1)
        self.log.append(Event(id=f"e{offset}", tenant=self.config.tenant, at=at, offset=offset, body=body))

    def decide(self, verb: str, **args: Any) -> None:
        self.append(Decision(id=f"d{self.now}", verb=verb, args=args))
        self.fold()

    def nudge(self, link_id: str | None = None) -> None:
        self.append(Nudge(reason="try", link_id=link_id))

    # polling

    def begin(
        self, system: str, stale: str | None = None, limit: int | None = None, only: str | None = None
    ) -> None:
        """A round begins (of one entity: `only`): what its page shows is what is there now."""
        self.rounds += 1
        name = f"r{self.rounds}"
        entities = entities_of(self.config, system)
        asked = self.control.get(f"{self.config.tenant}|backfill|{system}|{entities[0]}", {}).get("id")
        scan = asked != self.asked.get(system) and only is None
        if scan:
            self.scans[name] = asked
        for entity in entities if only is None else (only,):
            self.append(RoundBegun(f"{name}/{entity}", system, entity, 1, scan))
        self.open[system] = (name, self.pollers[system].page(self.tick(), stale, limit, only), only)

    def finish(self, system: str, *, taken_over: bool = False) -> None:
        """The round's page is published, and it passes."""
        if system not in self.open:
            return
        name, page, only = self.open.pop(system)
        self.asked[system] = self.scans.get(name, self.asked.get(system))
        poller = self.pollers[system]
        published = poller.publish(page, self.tick(), taken_over=taken_over) + poller.confirm(self.now)
        end = LogEnd(topic=f"{system}.customer", topic_id=system, partition=0, offset=len(poller.topic))
        for entity in entities_of(self.config, system) if only is None else (only,):
            self.append(
                RoundPassed(
                    begun=f"{name}/{entity}",
                    system=system,
                    entity=entity,
                    epoch=1,
                    ends=(end,),
                    complete=poller.complete(entity),
                    skew_ms=self.apis[system].clock_ms,
                    scan=name in self.scans,
                    published=published,
                )
            )
        self.feed(system)

    def feed(self, system: str) -> None:
        """The system's events are read: what our writes went over is told."""
        for result in self.sinks[system].watched(self.now):
            self.append(result)

    def poll(
        self, system: str, stale: str | None = None, limit: int | None = None, only: str | None = None
    ) -> None:
        self.begin(system, stale, limit, only)
        self.finish(system)

    def intake(self, system: str, count: int | None = None) -> None:
        """Forwards what stands in a topic, and says how far. Tombstones are not forwarded."""
        topic, start = self.pollers[system].topic, self.forwarded[system]
        stop = len(topic) if count is None else min(len(topic), start + count)
        for change in topic[start:stop]:
            if change is not None:
                self.append(change)
        self.forwarded[system] = stop
        self.append(Position(topic=f"{system}.customer", topic_id=system, partition=0, next_offset=stop))

    # folding and writing

    def fold(self, count: int | None = None) -> None:
        """Folds the log on, with what it appends to itself meanwhile."""
        left, end = count if count is not None else 1_000_000, len(self.log) + SPIN
        while self.folded < len(self.log) and left > 0:
            assert len(self.log) < end, "the log spins: one `continue` after the other, and nothing to do"
            self.rows.read.clear()
            effects = machine.step(self.rows, self.log[self.folded], self.config)
            self.most = max(self.most, len(self.rows.read))
            self.rows.apply(effects)
            self.folded += 1
            left -= 1
            deliver(self, effects)

    def request(self, system: str, mode: str = "ok", *, said: bool = True) -> bool:
        """One request of a sink. `said` False: the command ends, and its result never reaches the log."""
        results = self.sinks[system].step(self.tick(), mode)
        self.tick()
        for result in results if said else []:
            self.append(result)
        return bool(results)

    def sink(self, system: str, mode: str = "ok") -> None:
        """Carries the next command out to its end; `mode` is what happens to its first write."""
        sink = self.sinks[system]
        for _ in range(20):
            if not sink.commands:
                return
            sink.start(self.now)
            faulty = mode != "ok" and sink.writes_next()
            ended = self.request(system, mode if faulty else "ok")
            if ended or (faulty and mode.startswith("die")):
                return
            mode = "ok" if faulty else mode
        raise AssertionError(f"a command in {system} does not end")

    def sink_all(self, system: str) -> None:
        while self.sinks[system].commands:
            self.sink(system)

    # stories

    def go(self, system: str, only: str | None = None) -> None:
        """A round that runs through to the fold, the commands left standing."""
        self.poll(system, only=only)
        self.intake(system)
        self.fold()

    def turn(self, pause_ms: int = 10) -> None:
        """A round of both sides, folded and written."""
        for system in SYSTEMS:
            self.poll(system)
            self.intake(system)
        self.fold()
        for system in SYSTEMS:
            self.sink_all(system)
            self.feed(system)
        self.fold()
        self.tick(pause_ms)

    def settle(self, limit: int = 60) -> None:
        """Moves everything on, without faults, until a whole turn changes nothing."""
        quiet = 0
        for _ in range(limit):
            before = self.writes()
            self.turn(400_000)
            quiet = quiet + 1 if before == self.writes() and not self._moving() else 0
            if quiet == 2:
                return
        raise AssertionError("the world does not settle")

    def _moving(self) -> bool:
        return any(self.rows.keys(f"{self.config.tenant}|x:{name}|".encode()) for name in ("due", "barrier"))

    def writes(self) -> int:
        return sum(len(api.writes) for api in self.apis.values())

    # what is known

    def links(self) -> list[LinkRow]:
        prefix = f"{self.config.tenant}|link|".encode()
        return [decode_link(self.rows.data[key]) for key in self.rows.keys(prefix)]

    def refs(self) -> dict[str, RefRow]:
        prefix = f"{self.config.tenant}|ref|".encode()
        found = [decode_ref(self.rows.data[key]) for key in self.rows.keys(prefix)]
        return {row.ref: row for row in found}

    def link(self, ref: str) -> LinkRow:
        return next(row for row in self.links() if ref in {row.invoiced.ref, row.crm.ref})
