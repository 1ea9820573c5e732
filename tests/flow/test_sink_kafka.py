"""A whole connector on a real Kafka and registry: it polls, writes, drains, and hands over."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from connectors.config import ConnectorConfig
from connectors.connector import Connector
from schemas.apply import apply_topics
from schemas.codec import Codec
from schemas.profile_file import load_profile
from schemas.records import Applied, Change, Command, Control, Result
from schemas.registry import Registry
from schemas.topics import Topics
from tests.flow.connector_rig import System, crm, invoiced

pytestmark = pytest.mark.kafka


class Stage:
    """Topics of one test, a way to write to them and to read them whole."""

    def __init__(self, kafka: str, registry: str, prefix: str, folder: Path) -> None:
        self.kafka, self.registry, self.folder = kafka, registry, folder
        self.topics = Topics(prefix=prefix)
        schemas = Registry(registry)
        apply_topics(AdminClient({"bootstrap.servers": kafka}), schemas, self.topics)
        self.codec = Codec(schemas, self.topics)
        self.producer = Producer({"bootstrap.servers": kafka, "partitioner": "murmur2_random"})

    def config(self, system: Any, name: str, **options: Any) -> ConnectorConfig:
        return ConnectorConfig(
            system=system,
            url="http://system",
            api_key="inv-tandem" if system == "invoiced" else "crm-tandem",
            kafka={"bootstrap.servers": self.kafka},
            registry_url=self.registry,
            state_dir=self.folder / name,
            topics=self.topics,
            profile=load_profile(),
            poll_interval_s=0.2,
            session_timeout_s=6.0,
            rps=200.0,
            **options,
        )

    def send(self, short: str, key: str, record: Any) -> None:
        self.producer.produce(self.topics.name(short), self.codec.encode(short, record), key)
        assert self.producer.flush(10) == 0

    def open_gate(self, flow: str, system: str) -> None:
        key = f"default|gate|{flow}|to-{system}"
        self.send("control", key, Control(key, 1, json.dumps({"state": "open"})))

    def read(self, short: str) -> list[Any]:
        consumer = Consumer({"bootstrap.servers": self.kafka, "group.id": "read"})
        name, count = self.topics.name(short), self.topics.partitions_of(short)
        places = [TopicPartition(name, number, 0) for number in range(count)]
        ends = {place.partition: consumer.get_watermark_offsets(place, timeout=10)[1] for place in places}
        left = {number: end for number, end in ends.items() if end}
        consumer.assign(places)
        found: list[Any] = []
        while left:
            message = consumer.poll(10)
            assert message is not None, f"{name} ended before {left}"
            assert message.error() is None, message.error()
            if message.offset() + 1 >= ends[message.partition()]:
                left.pop(message.partition(), None)
            if message.value() is not None:
                found.append(message.value())
        consumer.close()
        return found

    def changes(self, short: str) -> list[Change]:
        return [
            change for value in self.read(short) if isinstance(change := self.codec.decode(value), Change)
        ]

    def results(self) -> list[Result]:
        events = [self.codec.decode_event(value, 0, 0, "default") for value in self.read("sync.in")]
        return [event.body for event in events if isinstance(event.body, Result)]


@pytest.fixture
def stage(kafka: str, registry: str, topic_prefix: str, tmp_path: Path) -> Stage:
    """Topics and schemas nobody else uses."""
    return Stage(kafka, registry, topic_prefix, tmp_path)


@pytest.fixture
async def start() -> AsyncIterator[Callable[[ConnectorConfig, System], Connector]]:
    """Starts connectors and ends those a test leaves running."""
    running: list[tuple[Connector, asyncio.Task[int]]] = []

    def begin(config: ConnectorConfig, system: System) -> Connector:
        connector = Connector(config, transport=httpx.ASGITransport(system.app))
        running.append((connector, asyncio.create_task(connector.run())))
        return connector

    yield begin
    for connector, _ in running:
        connector.stop()
    codes = await asyncio.gather(*(task for _, task in running))
    assert codes == [0] * len(running)


async def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return what becomes true, asking in a thread so that the connector goes on."""
    async with asyncio.timeout(seconds):
        while not (found := await asyncio.to_thread(true)):
            await asyncio.to_thread(asyncio.run, _turn())
    return found


async def _turn() -> None:
    return None


async def test_a_connector_polls_writes_and_drains(stage: Stage, start: Any) -> None:
    """A customer appears in the topic; a command changes it; its result stands in the log and in `applied`."""
    system = invoiced()
    made = (await system.user.post("/customers", json={"name": "Acme", "number": "A1"})).json()
    ref = f"invoiced:customer:{made['id']}"
    stage.open_gate("customer", "invoiced")
    start(stage.config("invoiced", "a"), system)
    await until(lambda: stage.changes("invoiced.customer"))

    command = Command("c1", "default", "link-1", "invoiced", "customer", "customer", "update", 10, ref,
                      changed=("name",), values={"name": "Acme AS"}, expected={"name": "Acme"})  # fmt: skip
    stage.send("commands.invoiced", "link-1", command)
    result = (await until(stage.results))[0]

    assert (result.outcome, result.image["name"], result.wrote) == ("done", "Acme AS", True)
    changes = await until(lambda: [c for c in stage.changes("invoiced.customer") if c.op == "u"])
    assert changes[0].changed == ("name",)
    remembered = [stage.codec.decode(value) for value in stage.read("applied.invoiced")]
    assert [
        (one.trying is not None, one.result is not None) for one in remembered if isinstance(one, Applied)
    ] == [
        (True, False),
        (True, True),
    ]
    assert [one["method"] for one in await system.requests(writes=True)] == ["PATCH"]


async def test_a_standby_takes_over_and_a_replay_writes_nothing(stage: Stage, start: Any) -> None:
    """The standby acts when the holder leaves; the same command again gets its result without HTTP."""
    system = crm()
    made = (await system.user.post("/customers", json={"Name": "Acme", "CustomerNumber": "A1"})).json()
    stage.open_gate("customer", "crm")
    first = start(stage.config("crm", "a"), system)
    await until(lambda: stage.changes("crm.customer"))
    standby = start(stage.config("crm", "b"), system)
    command = Command("c1", "default", "link-1", "crm", "customer", "customer", "update", 10,
                      f"crm:customer:{made['Id']}", changed=("Name",), values={"Name": "Acme AS"},
                      expected={"Name": "Acme"})  # fmt: skip
    stage.send("commands.crm", "link-1", command)
    await until(stage.results)
    assert standby.progress()["role"] == "standby"

    first.stop()
    await until(lambda: standby.progress()["role"] == "holder")
    stage.send("commands.crm", "link-1", command)
    results = await until(lambda: len(found := stage.results()) == 2 and found)

    assert [one.outcome for one in results] == ["done", "done"]
    assert standby.progress()["epoch"] > results[0].epoch
    assert len(await system.requests(writes=True)) == 1


async def test_an_item_nobody_makes_anew_is_brought_back(stage: Stage, start: Any) -> None:
    """The new item is refused for as long as the command is tried, and no command follows: who misses it brings it back."""
    system = invoiced()
    made = {"id": "blue", "name": "Widget", "unit_cost": 5, "metadata": {"own": "kept"}}
    assert (await system.user.post("/items", json=made)).is_success
    stage.open_gate("product", "invoiced")
    entities = ("customer", "contact", "item")
    often = {"item_interval_s": 0.2, "item_confirm_s": 0.0, "retry_s": 0.5}
    connector = start(stage.config("invoiced", "a", entities=entities, **often), system)
    await until(lambda: stage.changes("invoiced.item"))
    await until(lambda: connector.ready() is None)

    await system.fault(kind="error", status=503, method="POST", path="/items", actor="tandem", times=3)
    command = Command("c1", "default", "link-1", "invoiced", "product", "item", "update", 10, "invoiced:item:blue",
                      changed=("unit_cost",), values={"unit_cost": 7}, expected={"unit_cost": 5})  # fmt: skip
    stage.send("commands.invoiced", "link-1", command)
    assert (await until(stage.results))[0].outcome == "retry_at"
    memory = connector._following.memory
    assert memory.noting("invoiced:item:blue") == "link-1"
    await until(lambda: memory.noting("invoiced:item:blue") is None)

    shown = (await system.user.get("/items/blue")).json()
    assert (shown["unit_cost"], shown["metadata"]) == (5, {"own": "kept"})
    assert "d" not in {change.op for change in stage.changes("invoiced.item")}
