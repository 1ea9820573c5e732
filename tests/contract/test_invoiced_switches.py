"""Every assumed behaviour of the Invoiced simulator has two positions, and each shows."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import sandbox.invoiced
from sandbox.invoiced import create_app
from sandbox.invoiced.switches import SWITCHES, table
from tests.contract.invoiced_billing_probes import BILLING
from tests.contract.invoiced_probes import SIBLINGS

Api = httpx.AsyncClient
Probe = Callable[[Api], Awaitable[Any]]
KEY = {"Idempotency-Key": "abc-123"}
TANDEM = httpx.BasicAuth("inv-tandem", "")


async def made(api: Api, **fields: Any) -> httpx.Response:
    """A customer, if it is not refused."""
    return await api.post("/customers", json={"name": "A", **fields})


async def field(api: Api, name: str, **fields: Any) -> Any:
    """What a new customer shows in one field."""
    return (await made(api, **fields)).json()[name]


async def ids(api: Api, query: str) -> list[int]:
    """What a list of customers shows."""
    return [each["id"] for each in (await api.get(f"/customers?{query}")).json()]


async def refused(api: Api, **fields: Any) -> int:
    """The status of a create."""
    return (await made(api, **fields)).status_code


async def told(api: Api, query: str = "") -> list[str]:
    """The types of the events listed."""
    return [each["type"].partition(".")[2] for each in (await api.get(f"/events?{query}")).json()]


async def after(api: Api, *steps: Awaitable[Any], probe: Callable[[], Awaitable[Any]]) -> Any:
    """A probe after some steps."""
    for step in steps:
        await step
    return await probe()


async def crowd(api: Api) -> tuple[int, str | None]:
    """The highest status of 21 requests at once, and its Retry-After."""
    await api.post("/_sandbox/faults", json={"kind": "delay", "delay_ms": 20, "times": 21})
    answers = await asyncio.gather(*(api.get("/customers") for _ in range(21)))
    return max((answer.status_code, answer.headers.get("Retry-After")) for answer in answers)


async def patched(api: Api, before: dict[str, Any], change: dict[str, Any]) -> Any:
    """A customer after a change a minute later."""
    await made(api, **before)
    await api.post("/_sandbox/clock", json={"offset_s": 60})
    return (await api.patch("/customers/1", json=change)).json()


async def moved(api: Api) -> bool:
    """Whether a write that changes nothing moves `updated_at`."""
    customer = await patched(api, {}, {"name": "A"})
    return bool(customer["updated_at"] != customer["created_at"])


async def touch(api: Api) -> list[str]:
    """The events of a write that moves nothing but `updated_at`."""
    await api.put("/_sandbox/switches", json={"invoiced.noop_keeps_updated_at": False})
    await patched(api, {}, {"name": "A"})
    return await told(api)


async def merged(api: Api) -> bool:
    """Whether merging moves the winner's `updated_at`."""
    await made(api)
    await made(api)
    await api.post("/_sandbox/clock", json={"offset_s": 60})
    winner = (await api.post("/customers/1/merge", json={"customer": 2})).json()
    return bool(winner["updated_at"] != winner["created_at"])


async def repeated(api: Api, first: dict[str, Any], second: dict[str, Any]) -> int:
    """The status of a second create with the first one's key."""
    await api.post("/customers", json=first, headers=KEY)
    return (await api.post("/customers", json=second, headers=KEY)).status_code


async def sixth(api: Api) -> int:
    """The status of a sixth level of parents."""
    for level in range(1, 6):
        await made(api, parent_customer=level - 1 or None)
    return await refused(api, parent_customer=5)


async def merge_events(api: Api) -> list[str]:
    """What a merge tells."""
    await made(api)
    await made(api)
    await api.post("/customers/1/merge", json={"customer": 2})
    return (await told(api))[:-2]


async def deleted(api: Api) -> int:
    """The status of deleting a customer with transactions."""
    await made(api, metadata={"sandbox_transactions": "1"})
    return (await api.delete("/customers/1")).status_code


async def previous(api: Api) -> tuple[bool, bool]:
    """Where an update event holds the old values: inside data, beside it."""
    await patched(api, {}, {"name": "B"})
    event = (await api.get("/events")).json()[0]
    return "previous" in event["data"], "previous" in event


async def cut(api: Api) -> tuple[int, int]:
    """The status of a number too long, and how much of it is kept."""
    answer = await made(api, number="x" * 40)
    return answer.status_code, len(answer.json().get("number", ""))


async def boundary(api: Api, query: str) -> int:
    """How many are listed around the second of the only record."""
    at = await field(api, "updated_at")
    return len(await ids(api, f"{query}={at}"))


def two(probe: Probe) -> Probe:
    """The probe with two customers there."""
    return lambda api: after(api, made(api), made(api, active=False), probe=lambda: probe(api))


def many(probe: Probe) -> Probe:
    """The probe with 101 customers there."""
    return lambda api: after(api, *(made(api) for _ in range(101)), probe=lambda: probe(api))


async def status(api: Api, path: str, **kwargs: Any) -> int:
    """The status of a read."""
    return (await api.get(path, **kwargs)).status_code


async def error_type(api: Api) -> str:
    """The type of an object that is not there yet."""
    return str((await api.get("/plans")).json()["type"])


async def exclude(api: Api) -> bool:
    """Whether an excluded field is shown."""
    await made(api)
    return "taxes" in (await api.get("/customers/1?exclude=taxes")).json()


async def person(api: Api) -> int:
    """The user of an event."""
    await made(api)
    return int((await api.get("/events")).json()[0]["user"]["id"])


async def tandem(api: Api) -> int:
    """The status of a write with Tandem's key."""
    return (await api.post("/customers", json={"name": "A"}, auth=TANDEM)).status_code


async def metadata(api: Api) -> Any:
    """The map after a change of another key."""
    return (await patched(api, {"metadata": {"a": "1"}}, {"metadata": {"b": "2"}}))["metadata"]


PAIRS: dict[str, tuple[Probe, Any, Any]] = {
    "error_types_assumed": (error_type, "api_error", "api"),
    "refusals_are_400": (lambda api: refused(api, type="x"), 400, 422),
    "tandem_may_write": (tandem, 201, 403),
    "concurrency_limited": (crowd, (429, None), (200, None)),
    "retry_after_absent": (crowd, (429, None), (429, "1")),
    "per_page_default_25": (many(lambda api: ids(api, "")), [*range(1, 26)], [*range(1, 101)]),
    "per_page_clamped": (lambda api: status(api, "/customers?per_page=101"), 200, 400),
    "default_order_is_id": (two(lambda api: ids(api, "")), [1, 2], [2, 1]),
    "ties_by_id": (two(lambda api: ids(api, "sort=name")), [1, 2], [2, 1]),
    "deep_paging_refused": (lambda api: status(api, "/customers?per_page=100&page=101"), 400, 200),
    "unknown_filter_refused": (lambda api: status(api, "/customers?filter[x]=1"), 400, 200),
    "updated_after_exclusive": (lambda api: boundary(api, "updated_after"), 0, 1),
    "updated_before_known": (lambda api: boundary(api, "updated_before"), 0, 1),
    "advanced_filter_known": (lambda api: status(api, "/customers?advanced_filter=x"), 400, 200),
    "include_exclude_known": (exclude, False, True),
    "inactive_listed": (two(lambda api: ids(api, "")), [1, 2], [1]),
    "idempotency_honoured": (lambda api: repeated(api, {"name": "A"}, {"name": ""}), 201, 400),
    "idempotency_checked": (lambda api: status(api, "/customers", headers=KEY), 400, 200),
    "idempotency_by_key_alone": (lambda api: repeated(api, {"name": "A"}, {"name": "B"}), 201, 400),
    "idempotency_keeps_errors": (lambda api: repeated(api, {}, {"name": "B"}), 400, 201),
    "too_long_refused": (cut, (400, 0), (201, 32)),
    "more_customer_types": (lambda api: refused(api, type="government"), 201, 400),
    "country_default": (lambda api: field(api, "country"), "US", None),
    "currency_default": (lambda api: field(api, "currency"), "usd", None),
    "number_generated": (lambda api: field(api, "number"), "CUST-00001", None),
    "number_unique": (two(lambda api: refused(api, number="CUST-00001")), 400, 201),
    "parent_depth_limited": (sixth, 400, 201),
    "taxes_as_objects": (lambda api: field(api, "taxes", taxes=["v"]), [{"id": "v", "object": "tax_rate", "name": "v"}], ["v"]),
    "active_writable": (lambda api: field(api, "active", active=False), False, True),
    "email_checked": (lambda api: refused(api, email="x"), 400, 201),
    "metadata_replace": (metadata, {"b": "2"}, {"a": "1", "b": "2"}),
    "metadata_nested_as_text": (lambda api: refused(api, metadata={"a": {}}), 201, 400),
    "metadata_typed": (lambda api: field(api, "metadata", metadata={"a": 1}), {"a": 1}, {"a": "1"}),
    "noop_keeps_updated_at": (moved, False, True),
    "touch_is_silent": (touch, ["created"], ["updated", "created"]),
    "delete_refused": (deleted, 400, 204),
    "merge_keeps_winner": (merged, False, True),
    "merge_is_one_event": (merge_events, ["merged"], ["merged", "deleted"]),
    "previous_inside_data": (previous, (True, False), (False, True)),
    "event_filters_known": (two(lambda api: told(api, "type=invoice")), [], ["created", "created"]),
    "event_names_person": (person, 6849, -2),
}  # fmt: skip
ALL = PAIRS | SIBLINGS | BILLING
ELSEWHERE = {"webhook_gone_disables"}  # test_invoiced_webhooks.py


@pytest.mark.parametrize("position", [True, False], ids=["on", "off"])
@pytest.mark.parametrize("name", ALL)
async def test_a_switch_shows(name: str, *, position: bool) -> None:
    """In each position the API does what the table says of it."""
    probe, on, off = ALL[name]
    transport = httpx.ASGITransport(create_app())
    async with Api(transport=transport, base_url="http://inv.test", auth=("inv-user", "")) as api:
        answer = await api.put("/_sandbox/switches", json={f"invoiced.{name}": position})
        shown = await probe(api)

    assert answer.json()[f"invoiced.{name}"] is position
    assert shown == (on if position else off)


def test_no_switch_is_without_a_test_or_a_word() -> None:
    """Every switch is probed in both positions, and the README prints the table of them all."""
    readme = Path(sandbox.invoiced.__file__).with_name("README.md").read_text(encoding="utf-8")

    assert {switch.name for switch in SWITCHES} == set(ALL) | ELSEWHERE
    assert table() in readme
