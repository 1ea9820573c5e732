"""A sink worker without Kafka: commands from a list, a log in memory, a simulator behind it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.applied import Memory
from connectors.backoff import Limits
from connectors.clock import SystemClock
from connectors.control import ControlView
from connectors.crm import records as crm_records
from connectors.crm.sink import CrmSink
from connectors.crm.source import CrmSource
from connectors.invoiced import records as invoiced_records
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.sink import InvoicedSink
from connectors.invoiced.source import InvoicedSource
from connectors.log.log import Place, Raw
from connectors.order import WriteOrder
from connectors.parents import Parents
from connectors.shadow import Shadow
from connectors.sinker import Sinker
from connectors.surroundings import Surroundings
from connectors.system import meaning_in
from connectors.versions import HeldVersions
from connectors.watch import Watch
from schemas.codec import Codec
from schemas.profile_file import load_profile
from schemas.records import Applied, Change, Command, Control, Result, Source
from tests.flow.connector_rig import MemoryLog, MemorySchemas, System, client_of, publisher_of

PROFILE = load_profile()


class HastyClock(SystemClock):
    """Waits a hundredth of what it is told: retries are tried, not waited for."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 100)


class ListedCommands:
    """Commands as a test hands them over; a poll without any waits for the next."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Raw] = asyncio.Queue()
        self.committed: dict[Place, int] = {}
        self.sent = 0

    def send(self, key: str, value: bytes) -> None:
        self._waiting.put_nowait(Raw("commands", 0, self.sent, key, value))
        self.sent += 1

    async def poll(self) -> Sequence[Raw]:
        try:
            return [await asyncio.wait_for(self._waiting.get(), 0.02)]
        except TimeoutError:
            return []

    async def commit(self, offsets: dict[Place, int]) -> None:
        self.committed.update(offsets)

    async def close(self) -> None:
        return None


class SinkRig:
    """One sink worker; `open` again after `close` is a restart with the same Kafka and an empty disk."""

    def __init__(self, folder: Path, system: System, name: str, entity: str = "customer") -> None:
        self.folder, self.system, self.name, self.entity = folder, system, name, entity
        self.log = MemoryLog()
        self.codec = Codec(MemorySchemas(), self.log.topics)
        self.commands = ListedCommands()
        self.clock = HastyClock()
        self.revision = 0
        self._starts = 0

    async def open(self, *, seconds: float = 60.0, tries: int = 4, epoch: int = 1) -> "SinkRig":
        self._starts += 1
        disk, topics = self.folder / str(self._starts), self.log.topics
        shadow = Shadow(
            disk / "shadow",
            await self.log.binding([topics.name(f"{self.name}.{self.entity}")]),
            self.log,
            self.codec,
        )
        self.memory = Memory(
            self.name,
            disk / "applied",
            await self.log.binding([topics.name(f"applied.{self.name}")]),
            self.log,
            self.codec,
        )
        self.control = ControlView(topics.name("control"), "default", self.log, self.codec)
        self.shadow = shadow
        self._mirrors = [self.memory.mirror, shadow.mirror]
        follows = (*(mirror.follow() for mirror in self._mirrors), self.control.follow())
        self._followers = [asyncio.create_task(one) for one in follows]
        await asyncio.gather(*(mirror.at_head() for mirror in self._mirrors), self.control.at_head())
        for one in self.memory.all():
            self.memory.mark(one)
        sink, client, feed = self._parts()
        publisher = publisher_of(self.log, self.codec)
        watch = Watch()
        order, versions = WriteOrder(self.clock, shadow.read_at), HeldVersions(shadow, sink, watch)
        around = Surroundings(
            sink=sink, client=client, order=order, clock=self.clock,
            note=lambda command, trying: self.memory.note(publisher, command.link_id, trying),
            held=versions.newest, since=lambda _: 0, open_for=self.control.open_for, epoch=epoch,
            limits=Limits(seconds=seconds, tries=tries), client_timeout_s=5.0, feed=feed,
            replacer=sink if self.name == "invoiced" else None,
            behind=lambda command, look: versions.behind(command, look, order),
        )  # fmt: skip
        self.sinker = Sinker(around, self.commands, self.memory, publisher, self.codec, watch, takeover_s=0.1)
        self._stopping = asyncio.Event()
        self._run = asyncio.create_task(self.sinker.run(self._stopping))
        return self

    def _parts(self) -> tuple[Any, Any, Any]:
        if self.name == "invoiced":
            modelled = {"customer": frozenset({"metadata.fax"})}
            source = InvoicedSource(modelled, (self.entity,), Parents(self.shadow).of)
            return InvoicedSink(source), client_of(self.system, invoiced_records.read_error), InvoicedFeed()
        crm = CrmSource(PROFILE, (self.entity,))
        client = client_of(
            self.system,
            lambda answer: crm_records.read_error(PROFILE, answer),
            lambda status: meaning_in(PROFILE, status),
        )
        return CrmSink(PROFILE, crm), client, None

    async def close(self) -> None:
        self._stopping.set()
        await self._run
        await self._let_go()

    async def died(self, error: type[Exception]) -> None:
        """Wait until the worker ends by this failure, as a process would; what it had not stored is lost."""
        with pytest.raises(error):
            await self._run
        await self._let_go()

    async def _let_go(self) -> None:
        for task in self._followers:
            task.cancel()
        await asyncio.gather(*self._followers, return_exceptions=True)
        for mirror in self._mirrors:
            mirror.close()

    async def gate(self, *, state: str = "open") -> None:
        await self.hear(f"gate|{self.entity}|to-{self.name}", state)

    async def hear(self, name: str, state: str) -> None:
        """Let sync have said this on `control`."""
        key = f"default|{name}"
        value = self.codec.encode("control", Control(key, 1, json.dumps({"state": state})))
        await self.log.append(self.log.topics.name("control"), key, value)
        await self.control.at_head()

    async def show(self, ref: str, image: Mapping[str, Any], stamp: int | None = None) -> None:
        """Let the poller have seen a record, with this stamp."""
        source = Source(self.name, self.entity, ref.split(":", 2)[2], 1, 1, stamp)
        change = Change("r", ref, 1, source, 1, None, image, ())
        topic = self.log.topics.name(f"{self.name}.{self.entity}")
        await self.log.append(topic, ref, self.codec.encode(f"{self.name}.{self.entity}", change))
        await self.shadow.mirror.at_head()

    def command(self, verb: Any = "update", **fields: Any) -> Command:
        self.revision += 1
        made: dict[str, Any] = {
            "id": f"c{self.revision}", "tenant": "default", "link_id": "link", "system": self.name,
            "flow": self.entity, "entity": self.entity, "verb": verb, "revision": self.revision,
        } | fields  # fmt: skip
        made.setdefault("changed", tuple(made.get("values", ())))
        return Command(**made)

    async def send(self, command: Command) -> Result:
        """Hand a command over and return its result."""
        before = len(self.results())
        self.hand(command)
        async with asyncio.timeout(10):
            while len(self.results()) == before:
                await self.log.grown()
        return self.results()[before]

    def hand(self, command: Command) -> None:
        """Hand a command over."""
        self.commands.send(command.link_id, self.codec.encode(f"commands.{self.name}", command))

    def results(self) -> list[Result]:
        events = [
            self.codec.decode_event(raw.value or b"", 0, 0, "default") for raw in self.log.read("sync.in")
        ]
        return [event.body for event in events if isinstance(event.body, Result)]

    def remembered(self, link_id: str = "link") -> Applied | None:
        return self.memory.get(link_id)

    async def methods(self) -> list[str]:
        return [one["method"] for one in await self.system.requests()]


@asynccontextmanager
async def gated(path: Path, system: System, name: str, entity: str = "customer") -> AsyncIterator[SinkRig]:
    """A running sink with an open gate."""
    rig = await SinkRig(path, system, name, entity).open()
    await rig.gate()
    try:
        yield rig
    finally:
        await rig.close()


async def add_invoiced(rig: SinkRig, **fields: Any) -> str:
    """A user's record; its ref."""
    answer = await rig.system.user.post("/customers", json={"name": "Acme", **fields})
    assert answer.status_code == 201, answer.text
    return f"invoiced:customer:{answer.json()['id']}"


async def add_crm(rig: SinkRig, **fields: Any) -> dict[str, Any]:
    """A user's record that the poller has seen."""
    answer = await rig.system.user.post("/customers", json={"Name": "Acme", **fields})
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    await rig.show(f"crm:customer:{record['Id']}", record)
    return record


async def user_sets_crm(rig: SinkRig, record: dict[str, Any], **fields: Any) -> None:
    assert (await rig.system.user.patch(f"/customers/{record['Id']}", json=fields)).is_success


async def get_crm(rig: SinkRig, record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await rig.system.user.get(f"/customers/{record['Id']}")).json()
    return found


def rename(rig: SinkRig, record: dict[str, Any], name: str = "Acme AS", **more: Any) -> Any:
    return rig.command(
        ref=f"crm:customer:{record['Id']}", values={"Name": name}, expected={"Name": "Acme"}, **more
    )
