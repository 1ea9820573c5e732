"""A connector's surroundings without Kafka or sockets: a log in memory, both simulators, a clock to move."""

import asyncio
import base64
from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from connectors.budget import Budget
from connectors.clock import SystemClock
from connectors.http import Client, GuardedTransport
from connectors.log.log import Binding, Place, Placed, Raw
from connectors.publisher import Publisher
from schemas.codec import Codec
from schemas.topics import Topics

TOPICS = Topics(prefix="t.")


class MemorySchemas:
    """A registry in memory: an id a text."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def register(self, subject: str, schema: str) -> int:
        if schema not in self._texts:
            self._texts.append(schema)
        return self._texts.index(schema) + 1

    def schema(self, schema_id: int) -> str:
        return self._texts[schema_id - 1]


class MemoryTail:
    """Follows partitions of a log in memory."""

    def __init__(self, log: "MemoryLog", starts: Mapping[Place, int | None]) -> None:
        self._log = log
        self.position = {place: start or 0 for place, start in starts.items()}

    async def poll(self) -> Sequence[Raw]:
        found: list[Raw] = []
        for place, at in self.position.items():
            found += self._log.partitions.get(place, [])[at:]
        if not found:
            await self._log.grown()
        for raw in found:
            self.position[raw.place] = raw.offset + 1
        return found

    async def close(self) -> None:
        return None


class MemoryLog:
    """Outlet and cluster in one: partitions are lists, acks come in the next turn of the loop."""

    def __init__(self, topics: Topics = TOPICS) -> None:
        self.topics = topics
        self.partitions: dict[Place, list[Raw]] = {}
        self.cluster_id = "memory"
        self._waiting: list[asyncio.Future[None]] = []

    def append(
        self,
        topic: str,
        key: str,
        value: bytes | None,
        *,
        partition: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Awaitable[Placed]:
        short = topic.removeprefix(self.topics.prefix)
        number = hash(key) % self.topics.partitions_of(short) if partition is None else partition
        records = self.partitions.setdefault((topic, number), [])
        records.append(Raw(topic, number, len(records), key, value))
        for one in self._waiting:
            if not one.done():
                one.set_result(None)
        self._waiting.clear()
        return self._ack(Placed(topic, number, len(records) - 1))

    async def _ack(self, placed: Placed) -> Placed:
        return placed

    async def grown(self) -> None:
        one: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(one)
        await one

    async def binding(self, topics: Sequence[str]) -> Binding:
        counts = {
            topic: self.topics.partitions_of(topic.removeprefix(self.topics.prefix)) for topic in topics
        }
        return Binding(self.cluster_id, {topic: f"id-{topic}" for topic in topics}, counts)

    async def ends(self, places: Sequence[Place]) -> dict[Place, int]:
        return {place: len(self.partitions.get(place, [])) for place in places}

    def tail(self, starts: Mapping[Place, int | None]) -> MemoryTail:
        return MemoryTail(self, starts)

    def read(self, short: str) -> list[Raw]:
        """Everything in a topic, partition by partition."""
        topic = self.topics.name(short)
        return [
            raw for place, records in sorted(self.partitions.items()) if place[0] == topic for raw in records
        ]


class System:
    """A simulator, reached as Tandem (through the connector's own client) and as a user."""

    def __init__(
        self, app: Any, tandem: Mapping[str, str], user: Mapping[str, str], check: Any = lambda: None
    ) -> None:
        self.app = app
        transport = httpx.ASGITransport(app)
        self.tandem_http = httpx.AsyncClient(
            transport=GuardedTransport(transport, check), base_url="http://system", headers=dict(tandem)
        )
        self.user = httpx.AsyncClient(transport=transport, base_url="http://system", headers=dict(user))

    async def requests(self, *, writes: bool = False, after: int = 0) -> list[dict[str, Any]]:
        """Tandem's requests in the simulator's own log."""
        query = {"actor": "tandem", "limit": "1000", "after": str(after)} | (
            {"writes": "1"} if writes else {}
        )
        answer = await self.user.get("/_sandbox/requests", params=query)
        found: list[dict[str, Any]] = answer.json()["requests"]
        return found

    async def fault(self, **fault: Any) -> None:
        answer = await self.user.post("/_sandbox/faults", json=fault)
        assert answer.status_code == 201, answer.text

    async def switch(self, name: str, *, on: bool) -> None:
        answer = await self.user.put("/_sandbox/switches", json={name: on})
        assert answer.is_success, answer.text

    async def clock(self, offset_s: int) -> None:
        answer = await self.user.post("/_sandbox/clock", json={"offset_s": offset_s})
        assert answer.is_success, answer.text


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def invoiced(folder: Path | None = None) -> System:
    from sandbox.invoiced import create_app  # noqa: PLC0415  # a simulator is started by the tests that need it

    return System(create_app(folder), basic("inv-tandem"), basic("inv-user"))


def crm(folder: Path | None = None) -> System:
    from sandbox.crm import create_app  # noqa: PLC0415  # as above

    return System(create_app(folder), bearer("crm-tandem"), bearer("crm-user"))


def client_of(system: System, read_error: Any, meaning: Any = lambda _: None) -> Client:
    clock = SystemClock()
    return Client(system.tandem_http, Budget(500.0, clock), clock, read_error, meaning)


def publisher_of(log: MemoryLog, wire: Codec) -> Publisher:
    return Publisher(log, wire, log.topics, lambda: None)
