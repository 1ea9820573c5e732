"""Entries of the log that cannot be folded: listed with their place, tried again, given up; by the real domain."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.codec import Codec
from schemas.framing import HEAD_BYTES, frame, schema_id_of
from schemas.records import Change, Decision, Parked, Question, Source
from schemas.registry import Registry
from schemas.topics import Topics
from streams.domain.config import Config
from streams.fold import Folding, Home
from streams.resume import Resumed
from streams.rows import Checkpoint, Rows, Stamp
from streams.tenant import hooks
from streams.transactions import Output
from tests.fakes.registry import RegistryFake
from tests.property.configs import ALL_FLOWS
from tests.unit.test_chunks_fold import Entry
from tests.unit.test_chunks_view import rows_in

CONFIG = Config(tenant="default", flows=ALL_FLOWS, installation="here")
TOPICS = Topics()
REF = "crm:customer:1"
STRANGE = 4242


class LateRegistry(RegistryFake):
    """A registry that learns of one schema, under the id STRANGE, when it is `late`."""

    late: str | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if self.late is not None and request.url.path.endswith(f"/schemas/ids/{STRANGE}"):
            return httpx.Response(200, json={"schema": self.late})
        return super().handle_request(request)


class Worker:
    """One partition of the log, folded by the real domain over real rows; each entry is a chunk of its own."""

    def __init__(self, rows: Rows) -> None:
        self.schemas = LateRegistry()
        self.registry = Registry("http://registry", transport=self.schemas)
        self.codec = Codec(self.registry, TOPICS)
        self.codec.open()
        self.rows = rows
        self.told: list[Output] = []
        self._hooks = hooks(CONFIG, self.codec, TOPICS, self.registry)
        home = Home(0, (b"default|",), 1 << 21)
        self._folding = Folding(rows, self._hooks, home, Resumed(0, Checkpoint("id", 0, 0), None))

    async def fold(self, *values: bytes | None) -> None:
        """Append to the log; what the fold itself appends follows."""
        for value in values:
            offset = self._folding.next_offset
            entry: Any = Entry(offset, value, 1_000 + offset, topic="tandem.sync.in")  # type: ignore[arg-type]  # a tombstone
            await self._hooks.prepare([entry])
            self._folding.take([entry])
            sealed, _ = self._folding.seal()
            self.rows.write(sealed.rows.changes.items(), Stamp("id", offset, CONFIG.version, 0.0))
            self._folding.written()
            self.told += sealed.outputs
            await self.fold(*(out.value for out in sealed.outputs if out.topic == "tandem.sync.in"))

    async def decide(self, verb: str, **args: Any) -> Any:
        """What comes of a decision."""
        name = f"d{len(self.told)}"
        await self.fold(self.codec.encode_event(name, Decision(name, verb, args)))
        return await self.ask("decision", id=name)

    async def ask(self, what: str, **args: Any) -> Any:
        """The answer to a question."""
        await self.fold(self.codec.encode_event("q", Question("q", what, args)))
        [answer] = [out for out in self.told[-3:] if out.key == b"default|answer"]
        return json.loads(self.codec_reads(answer).json)["answer"]

    def codec_reads(self, output: Output) -> Any:
        assert output.value is not None
        return self.codec.decode(output.value)

    async def listed(self, **args: Any) -> list[str]:
        return [one["id"] for one in (await self.ask("parked", **args))["parked"]]

    def published(self) -> dict[str, Parked | None]:
        """The topic `parked`, compacted."""
        found = [out for out in self.told if out.topic == "tandem.parked"]
        return {out.key.decode(): self.codec_reads(out) if out.value else None for out in found}


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    rows = rows_in(tmp_path)
    yield Worker(rows)
    rows.close()


def event(offset: int) -> str:
    return f"event:tandem.sync.in/0/{offset}"


def edit(worker: Worker, version: int, name: str) -> bytes:
    """A user's edit as intake would append it."""
    source = Source("crm", "customer", "1", version, 1, version)
    body = Change("u", REF, version, source, version, None, {"Id": "1", "Name": name}, ("Name",))
    return worker.codec.encode_event(f"c{version}", body)


def strange(worker: Worker, version: int, name: str) -> bytes:
    """The same by a writer whose schema the registry does not have yet."""
    return frame(STRANGE) + edit(worker, version, name)[HEAD_BYTES:]


def learn(worker: Worker) -> None:
    """The registry has it from now on."""
    worker.schemas.late = worker.registry.schema(schema_id_of(edit(worker, 1, "any")))


async def test_listed_with_its_place(worker: Worker) -> None:
    """What cannot be read is listed by its place in the log and published; it belongs to no link or flow."""
    await worker.fold(b"no avro at all", None)

    [first, second] = (await worker.ask("parked"))["parked"]
    assert (first["id"], second["id"]) == (event(0), event(1))
    assert first["origin"] == {"topic": "tandem.sync.in", "partition": 0, "offset": 0}
    assert (first["cause"], first["link_id"], first["flow"], first["direction"]) == (
        "poison",
        None,
        None,
        None,
    )
    assert "Malformed" in first["message"]
    assert list(worker.published()) == [event(0), event(1)]


async def test_listed_page_by_page(worker: Worker) -> None:
    """Pages follow each other in the order of the log, without gap or overlap."""
    await worker.fold(*[b"bad"] * 5)

    found, after = list[str](), None
    while len(found) < 9:
        page = await worker.ask("parked", limit=2, **({"after": after} if after else {}))
        found += [one["id"] for one in page["parked"]]
        after = page["next"]
        if after is None:
            break

    assert found == [event(offset) for offset in range(5)]


async def test_status_counts_them(worker: Worker) -> None:
    """`tandem status` tells how many entries cannot be folded, until they are replayed or given up."""
    await worker.fold(b"bad", b"bad")
    before = (await worker.ask("status"))["poisoned"]
    await worker.decide("parked.discard", id=event(0))

    assert (before, (await worker.ask("status"))["poisoned"]) == (2, 1)


async def test_discarded(worker: Worker) -> None:
    """What is given up is listed no more, in the state and in the topic; the others stay."""
    await worker.fold(b"bad", b"bad")

    assert (await worker.decide("parked.discard", id=event(0)))["done"]
    assert await worker.listed() == [event(1)]
    assert worker.published()[event(0)] is None


async def test_replayed_once_its_schema_is_known(worker: Worker) -> None:
    """An entry whose schema the registry did not have is folded by a replay once it has: the edit is not lost."""
    await worker.fold(strange(worker, 5, "Acme"))
    assert await worker.listed() == [event(0)]
    learn(worker)

    assert (await worker.decide("parked.replay", id=event(0)))["done"]
    assert await worker.listed() == []
    assert (await worker.ask("link", ref=REF))["crm_seen"]["name"] == "Acme"


async def test_a_replay_undoes_no_later_edit(worker: Worker) -> None:
    """An entry that is folded late does not go over a newer version of the same record."""
    await worker.fold(strange(worker, 5, "Old name"), edit(worker, 6, "New name"))
    learn(worker)

    assert (await worker.decide("parked.replay", all=True))["done"]
    assert (await worker.ask("link", ref=REF))["crm_seen"]["name"] == "New name"


async def test_replayed_in_vain(worker: Worker) -> None:
    """What cannot be folded even now is listed under its new place alone."""
    await worker.fold(b"bad")

    outcome = await worker.decide("parked.replay", cause="poison")

    assert outcome["outcome"] == "1 tried again"
    [name] = await worker.listed()
    assert name not in {event(0), event(1)}
    assert {key for key, row in worker.published().items() if row} == {name}


@pytest.mark.parametrize(
    ("name", "reason"),
    [(event(7), "is not parked"), ("event:x/0/0", "is not parked"), ("event:", "is not parked")],
)
async def test_what_is_not_parked_is_refused(worker: Worker, name: str, reason: str) -> None:
    """A place that is not listed is neither tried again nor given up, and the answer says so."""
    await worker.fold(b"bad")

    for verb in ("parked.replay", "parked.discard"):
        outcome = await worker.decide(verb, id=name)
        assert (outcome["done"], reason in outcome["outcome"]) == (False, True)


async def test_too_large_to_be_kept(worker: Worker) -> None:
    """A huge entry is listed but not kept; a replay names its place and what can be done."""
    await worker.fold(b"bad" * (1 << 19))

    outcome = await worker.decide("parked.replay", id=event(0))

    assert not outcome["done"]
    assert event(0) in outcome["outcome"]
    assert "discard" in outcome["outcome"]
    assert (await worker.decide("parked.discard", id=event(0)))["done"]
    assert await worker.listed() == []
