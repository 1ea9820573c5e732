"""One suite for the registry and its fake: a fake is trusted because it passes the real one's tests."""

import asyncio
import json
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from schemas.evolution import breaks
from schemas.framing import UnknownSchema
from schemas.registry import Registry, RegistryError, RegistryUnreachable
from tests.fakes.registry import RegistryFake


class Counting(httpx.BaseTransport):
    """Passes every request on, once its gate is open, and counts it."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.requests: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(f"{request.method} {request.url.path}")
        assert self.gate.wait(5), "nobody opened the gate: the loop was blocked"
        return self._inner.handle_request(request)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.kafka)])
def wire(request: pytest.FixtureRequest) -> Iterator[tuple[str, Counting]]:
    """A registry's URL and the counted way to it."""
    if request.param == "fake":
        yield "http://registry.example/apis/ccompat/v7", Counting(RegistryFake())
    else:
        transport = httpx.HTTPTransport()
        yield request.getfixturevalue("registry"), Counting(transport)
        transport.close()


@pytest.fixture
def client(wire: tuple[str, Counting]) -> Registry:
    """A registry client that knows nothing yet."""
    return Registry(wire[0], transport=wire[1])


@pytest.fixture
def subject() -> str:
    """A subject nobody else uses."""
    return f"s{uuid.uuid4().hex[:8]}-value"


def record(*fields: dict[str, Any], name: str = "Thing") -> str:
    return json.dumps({"type": "record", "name": name, "namespace": "tandem.test", "fields": list(fields)})


ID = {"name": "id", "type": "string"}
NOTE = {"name": "note", "type": ["null", "string"], "default": None}
PRICE = {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 10}}


def test_the_same_schema_has_one_id(client: Registry, wire: tuple[str, Counting], subject: str) -> None:
    """Registering again, here or elsewhere, gives the same id; here without a request."""
    first = client.register(subject, record(ID))
    asked = len(wire[1].requests)

    assert client.register(subject, record(ID)) == first
    assert len(wire[1].requests) == asked
    assert Registry(wire[0], transport=wire[1]).register(subject, record(ID)) == first


def test_a_known_schema_costs_one_request(client: Registry, wire: tuple[str, Counting], subject: str) -> None:
    """A worker that starts with schemas already there only looks them up."""
    client.register(subject, record(ID))
    wire[1].requests.clear()

    Registry(wire[0], transport=wire[1]).register(subject, record(ID))

    assert len(wire[1].requests) == 1


def test_an_unknown_id_costs_one_request(client: Registry, wire: tuple[str, Counting], subject: str) -> None:
    """An id nobody here has seen is asked for once, however many ask at the same time."""
    schema_id = client.register(subject, record(ID, NOTE))
    other = Registry(wire[0], transport=wire[1])
    with pytest.raises(UnknownSchema):
        other.schema(schema_id)
    wire[1].requests.clear()

    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(other.fetch, [schema_id] * 4))

    assert len(wire[1].requests) == 1
    assert [breaks(text, record(ID, NOTE)) for text in texts] == [[]] * 4
    assert other.schema(schema_id) == texts[0]


async def test_loading_leaves_the_event_loop_free(
    client: Registry, wire: tuple[str, Counting], subject: str
) -> None:
    """The answer comes only after something else ran on the loop: a fetch that blocks it would wait in vain."""
    schema_id = await asyncio.to_thread(client.register, subject, record(ID))
    wire[1].gate.clear()
    asyncio.get_running_loop().call_soon(wire[1].gate.set)

    loaded = await Registry(wire[0], transport=wire[1]).load(schema_id)

    assert breaks(loaded, record(ID)) == []


@pytest.mark.parametrize(
    ("later", "difference"),
    [
        (record(NOTE), "id is gone and has no default"),
        (record(ID, NOTE, {"name": "must", "type": "string"}), "must is new and has no default"),
        (record({**ID, "type": "long"}, NOTE), "id was string, is long"),
        (record(ID, {**NOTE, "type": ["null", "long"]}), "note may no longer be string"),
        (record(ID, NOTE, name="Other"), "was record tandem.test.Thing, is record tandem.test.Other"),
    ],
    ids=["gone", "new", "type", "branch", "name"],
)
def test_a_breaking_schema_is_refused_by_name(
    client: Registry, subject: str, later: str, difference: str
) -> None:
    """The refusal names the subject, the difference and the cure."""
    client.register(subject, record(ID, NOTE))

    with pytest.raises(RegistryError) as caught:
        client.register(subject, later)

    assert subject in str(caught.value)
    assert difference in str(caught.value)
    assert "add a new field instead" in str(caught.value)


def test_a_decimal_keeps_its_scale(client: Registry, subject: str) -> None:
    """What was written with ten places is never read with two."""
    client.register(subject, record(ID, PRICE))
    other = {**PRICE, "type": {**PRICE["type"], "scale": 2}}  # type: ignore[dict-item]  # a literal of mixed values

    with pytest.raises(RegistryError, match=r"price was decimal\(38,10\), is decimal\(38,2\)"):
        client.register(subject, record(ID, other))


def test_fields_with_defaults_come_and_go(client: Registry, subject: str) -> None:
    """A field with a default may be added and removed again; each version has its own id."""
    first = client.register(subject, record(ID))
    second = client.register(subject, record(ID, NOTE))

    assert first != second
    assert client.register(subject, record(ID)) == first


def test_all_earlier_versions_count(client: Registry, subject: str) -> None:
    """Transitive: compatible with the last version alone is not enough."""
    client.register(subject, record(ID, NOTE))
    client.register(subject, record(ID))

    with pytest.raises(RegistryError, match="note may"):
        client.register(subject, record(ID, {"name": "note", "type": ["null", "long"], "default": None}))


def test_an_id_of_another_registry_is_named_with_its_setting(client: Registry) -> None:
    """An id the registry does not have points to the wrong registry."""
    with pytest.raises(RegistryError, match=r"schema 424242 is not in the registry.*TANDEM_REGISTRY__URL"):
        client.fetch(424242)


def test_an_invalid_schema_is_refused_by_name(client: Registry, subject: str) -> None:
    """What is no Avro is refused with the subject."""
    with pytest.raises(RegistryError, match=subject):
        client.register(subject, '{"type":"record"}')


def test_a_registry_that_is_away_is_named_with_its_setting() -> None:
    """No answer names the address and the setting; the caller may try again."""
    with pytest.raises(RegistryUnreachable, match=r"127\.0\.0\.1:1.*TANDEM_REGISTRY__URL"):
        Registry("http://127.0.0.1:1").fetch(1)


@pytest.mark.parametrize(
    ("status", "error"), [(401, RegistryError), (403, RegistryError), (503, RegistryUnreachable)]
)
def test_a_refused_login_is_not_an_outage(status: int, error: type[RegistryError]) -> None:
    """A refused login asks for another one; an ailing registry for patience."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json={"message": "no"}))

    with pytest.raises(RegistryError) as caught:
        Registry("http://r", transport=transport).register("s-value", record(ID))

    assert type(caught.value) is error


def test_the_login_is_sent() -> None:
    """Basic credentials go with every request."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json={"id": 1})

    Registry("http://r", ("tandem", "secret"), transport=httpx.MockTransport(answer)).register(
        "s-value", record(ID)
    )

    assert seen == ["Basic dGFuZGVtOnNlY3JldA=="]
