"""The whole of Tandem without Kafka: pollers, topics, log, `step`, sinks and two API models, moved by hand.

Every move is an explicit call, so a story is a list of moves and a seed replays it exactly. Nothing happens by
itself; time passes one tick a move.
"""

from dataclasses import dataclass, field
from typing import Any

from schemas.flow import Flow
from schemas.flow_file import load_flows
from schemas.records import (
    Body,
    Change,
    Command,
    Event,
    LogEnd,
    Position,
    Result,
    RoundBegun,
    RoundPassed,
    Source,
)
from streams.domain.config import Config
from streams.domain.step import step
from streams.domain.view import Effects
from tests.property.apis import Api
from tests.property.sinks import Sink

FLOWS: tuple[Flow, ...] = load_flows()
CONFIG = Config(tenant="default", flows=FLOWS, installation="sim", tie_ms=0)
SYSTEMS = ("invoiced", "crm")


@dataclass
class Rows:
    """The state as a plain mapping: what the host keeps in RocksDB."""

    data: dict[bytes, bytes] = field(default_factory=dict)

    def get(self, key: bytes) -> bytes | None:
        return self.data.get(key)

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        keys = sorted(k for k in self.data if k.startswith(prefix) and (after is None or k > after))
        return [(key, self.data[key]) for key in keys[:limit]]

    def apply(self, effects: Effects) -> None:
        for key, value in effects.writes.items():
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value


@dataclass
class World:
    """Both systems and everything between them."""

    config: Config = CONFIG
    now: int = 1_700_000_000_000
    rows: Rows = field(default_factory=Rows)
    log: list[Event] = field(default_factory=list)
    folded: int = 0

    def __post_init__(self) -> None:
        self.apis = {system: Api(system) for system in SYSTEMS}
        self.sinks = {system: Sink(self.apis[system]) for system in SYSTEMS}
        self.topics: dict[str, list[Change]] = {system: [] for system in SYSTEMS}
        self.forwarded = dict.fromkeys(SYSTEMS, 0)
        self.shadow: dict[str, tuple[int, dict[str, Any]]] = {}
        self.commands: dict[str, list[Command]] = {system: [] for system in SYSTEMS}
        self.rounds = 0
        self.conflicts: list[Any] = []

    # moves

    def tick(self, ms: int = 10) -> int:
        self.now += ms
        return self.now

    def append(self, body: Body) -> None:
        offset = len(self.log)
        self.log.append(Event(id=f"e{offset}", tenant="default", at=self.tick(1), offset=offset, body=body))

    def poll(self, system: str, *, withhold: bool = False) -> None:
        """One round: begun, the changes, passed with the topic's end."""
        self.rounds += 1
        name = f"r{self.rounds}"
        self.append(RoundBegun(id=name, system=system, entity="customer", epoch=1))
        read_at = self.tick()
        published = self._publish(system, read_at)
        if not withhold:
            self.passed(system, name, published)

    def passed(self, system: str, name: str, published: int) -> None:
        end = LogEnd(
            topic=f"{system}.customer", topic_id=system, partition=0, offset=len(self.topics[system])
        )
        body = RoundPassed(
            begun=name,
            system=system,
            entity="customer",
            epoch=1,
            ends=(end,),
            complete=True,
            published=published,
        )
        self.append(body)

    def _publish(self, system: str, read_at: int) -> int:
        api, found = self.apis[system], 0
        for name, record in sorted(api.records.items(), key=lambda item: (api.stamps[item[0]], item[0])):
            ref = api.ref(name)
            version, image = self.shadow.get(ref, (0, None))
            if image == record:
                continue
            version = max(version + 1, read_at)
            source = Source(
                system=system,
                entity="customer",
                id=name,
                read_at=read_at,
                epoch=1,
                updated_at=api.stamps[name],
            )
            op = "c" if image is None else "u"
            self.topics[system].append(
                Change(
                    op=op, ref=ref, version=version, source=source, observed_at=read_at, after=dict(record)
                )
            )
            self.shadow[ref] = (version, dict(record))
            found += 1
        return found

    def intake(self, system: str, count: int | None = None) -> None:
        """Forwards what stands in a topic, and says how far."""
        start = self.forwarded[system]
        stop = len(self.topics[system]) if count is None else min(len(self.topics[system]), start + count)
        for change in self.topics[system][start:stop]:
            self.append(change)
        self.forwarded[system] = stop
        self.append(Position(topic=f"{system}.customer", topic_id=system, partition=0, next_offset=stop))

    def fold(self, count: int | None = None) -> None:
        """Folds the log on."""
        stop = len(self.log) if count is None else min(len(self.log), self.folded + count)
        while self.folded < stop:
            event = self.log[self.folded]
            effects = step(self.rows, event, self.config)
            self.rows.apply(effects)
            self.folded += 1
            self._deliver(effects)

    def _deliver(self, effects: Effects) -> None:
        for output in effects.outputs:
            if output.topic == "sync.in":
                self.append(output.record)  # type: ignore[arg-type]  # sync sends only `continue` to its log
            elif isinstance(output.record, Command):
                self.commands[output.record.system].append(output.record)
            elif output.topic == "conflicts":
                self.conflicts.append(output.record)

    def sink(self, system: str, mode: str = "ok") -> None:
        """Carries out the next command; `mode` says what goes wrong."""
        if not self.commands[system]:
            return
        command = self.commands[system].pop(0)
        result = self.sinks[system].carry_out(command, self.tick(), mode)
        if result is None:  # the process died: the command is delivered again
            self.commands[system].insert(0, replace_again(command))
        else:
            self.append(with_time(result, self.tick()))

    # stories

    def settle(self, limit: int = 60) -> None:
        """Moves everything on, without faults, until a whole turn changes nothing."""
        for _ in range(limit):
            before = (len(self.apis["invoiced"].writes), len(self.apis["crm"].writes), len(self.commands))
            for system in SYSTEMS:
                self.poll(system)
                self.intake(system)
            self.fold()
            busy = any(self.commands.values())
            for system in SYSTEMS:
                while self.commands[system]:
                    self.sink(system)
            self.fold()
            self.tick(400_000)
            after = (len(self.apis["invoiced"].writes), len(self.apis["crm"].writes), len(self.commands))
            if not busy and before == after and not self._moving():
                return
        raise AssertionError("the world does not settle")

    def _moving(self) -> bool:
        return any(k.split(b"|")[1] in {b"x:due", b"x:barrier"} for k in self.rows.data)

    def writes(self) -> int:
        return sum(len(api.writes) for api in self.apis.values())


def replace_again(command: Command) -> Command:
    """A redelivered command keeps its id; the sink knows from its own memory that it began it."""
    return command


def with_time(result: Result, now: int) -> Result:
    return Result(**{**{f: getattr(result, f) for f in result.__struct_fields__}, "read_at": now})
