"""Conventions of the Invoiced simulator: keys, refusals, idempotency, limits, the layer for tests."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.invoiced import create_app

KEY = {"Idempotency-Key": "abc-123"}


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """A fresh simulator, asked with Tandem's key."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://inv.test", auth=("inv-tandem", "")
    ) as client:
        yield client


async def test_a_key_is_needed(api: httpx.AsyncClient) -> None:
    """Basic with the key as user, or a bearer token; anything else is 401 with Invoiced's error body."""
    for auth in ("Basic !", "Basic eHg6", "Bearer nobody", "Digest x", ""):
        answer = await api.get("/customers", auth=None, headers={"Authorization": auth})
        assert (answer.status_code, set(answer.json())) == (401, {"type", "message"})
    bearer = await api.get("/customers", auth=None, headers={"Authorization": "Bearer inv-user"})

    assert bearer.status_code == 200


async def test_unknown_routes_and_records_are_404(api: httpx.AsyncClient) -> None:
    """A wrong path, verb or id is not found; a sibling object that is not imitated yet says so with 501."""
    for method, path in (
        ("GET", "/nowhere"),
        ("PUT", "/customers/1"),
        ("GET", "/customers/abc"),
        ("GET", "/customers/99999999999999999999"),
    ):
        answer = await api.request(method, path)
        assert (answer.status_code, answer.json()["type"]) == (404, "invalid_request")
    for path in ("/customers/1/notes/2", "/plans", "/invoices/3/emails"):
        answer = await api.get(path)
        assert (answer.status_code, answer.json()["type"]) == (501, "api_error")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"name":NaN}'),
        ("application/json", b'{"name":"\xff"}'),
        ("text/plain", b'{"name":"A"}'),
        ("application/x-www-form-urlencoded", b"metadata[a]=1&metadata=2&metadata[b]=3"),
        ("application/x-www-form-urlencoded", b"name"),
    ],
)
async def test_an_unreadable_body_is_refused(api: httpx.AsyncClient, content_type: str, body: bytes) -> None:
    """A body that is no JSON object and no form answers 400, never 500."""
    answer = await api.post("/customers", content=body, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()["type"]) == (400, "invalid_request")


async def test_an_idempotency_key_replays(api: httpx.AsyncClient) -> None:
    """The same key gives the first answer again, whatever the body, per API key, and logs nothing applied."""
    first = await api.post("/customers", json={"name": "A"}, headers=KEY)
    again = await api.post("/customers", json={"name": "B"}, headers=KEY)
    other = await api.post("/customers", json={"name": "C"}, headers=KEY, auth=("inv-user", ""))
    log = (await api.get("/_sandbox/requests")).json()["requests"]

    assert (again.status_code, again.json()) == (201, first.json())
    assert other.json()["id"] == 2
    assert [entry["applied"] for entry in log] == [True, False, True]


async def test_an_idempotency_key_lasts_a_day(api: httpx.AsyncClient) -> None:
    """After 24 hours the key is new again."""
    await api.post("/customers", json={"name": "A"}, headers=KEY)
    await api.post("/_sandbox/clock", json={"offset_s": 86_399})
    within = await api.post("/customers", json={"name": "B"}, headers=KEY)
    await api.post("/_sandbox/clock", json={"offset_s": 86_402})
    after = await api.post("/customers", json={"name": "B"}, headers=KEY)

    assert (within.json()["id"], after.json()["id"]) == (1, 2)


async def test_an_idempotency_key_replays_refusals(api: httpx.AsyncClient) -> None:
    """A corrected body under the key of a refused one is refused as the first was."""
    refused = await api.post("/customers", json={"name": ""}, headers=KEY)
    corrected = await api.post("/customers", json={"name": "A"}, headers=KEY)

    assert (corrected.status_code, corrected.json()) == (400, refused.json())


async def test_an_idempotency_key_has_its_form(api: httpx.AsyncClient) -> None:
    """6 to 64 characters, on POST and PATCH only."""
    for length, status in ((5, 400), (6, 201), (64, 201), (65, 400)):
        answer = await api.post("/customers", json={"name": "A"}, headers={"Idempotency-Key": "x" * length})
        assert answer.status_code == status
    assert (await api.get("/customers", headers=KEY)).status_code == 400
    assert (await api.delete("/customers/1", headers=KEY)).status_code == 400


async def test_more_than_twenty_at_once_are_refused(api: httpx.AsyncClient) -> None:
    """The 21st request of a key under way answers 429 without Retry-After; another key is not touched."""
    await api.post("/_sandbox/faults", json={"kind": "delay", "delay_ms": 50, "times": 21, "actor": "tandem"})
    many = [api.get("/customers") for _ in range(21)]
    answers = await asyncio.gather(*many, api.get("/customers", auth=("inv-user", "")))
    refused = [answer for answer in answers if answer.status_code == 429]

    assert len(refused) == 1
    assert refused[0].json()["type"] == "rate_limit_error"
    assert "Retry-After" not in refused[0].headers
    assert answers[-1].status_code == 200
    assert (await api.get("/customers")).status_code == 200


async def test_a_stale_read_shows_the_version_before(api: httpx.AsyncClient) -> None:
    """A replica that lags shows the last version but one, alone and in a list."""
    await api.post("/customers", json={"name": "A"})
    await api.patch("/customers/1", json={"name": "B"})
    await api.post("/_sandbox/faults", json={"kind": "stale_read", "times": 2})

    assert (await api.get("/customers/1")).json()["name"] == "A"
    assert (await api.get("/customers")).json()[0]["name"] == "A"
    assert (await api.get("/customers")).json()[0]["name"] == "B"


async def test_a_planned_error_speaks_invoiced(api: httpx.AsyncClient) -> None:
    """The layer's refusals come in Invoiced's own body, with the property it names."""
    await api.post("/_sandbox/faults", json={"kind": "error", "status": 400, "param": "phone"})
    answer = await api.post("/customers", json={"name": "A"})

    assert answer.status_code == 400
    assert (answer.json()["type"], answer.json()["param"]) == ("invalid_request", "phone")
    assert (await api.get("/customers")).json() == []


async def test_a_reset_forgets_data_but_no_id(api: httpx.AsyncClient) -> None:
    """After a reset of the data an id of before is not another record's."""
    await api.post("/customers", json={"name": "A"})
    await api.post("/_sandbox/reset", json={"what": ["data"]})

    assert (await api.get("/customers")).json() == []
    assert (await api.get("/events")).json() == []
    assert (await api.post("/customers", json={"name": "B"})).json()["id"] == 2
