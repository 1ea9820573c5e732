"""What customers have from the layer for tests and the gate, every other entity has too."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import create, create_contact, create_invoice, create_item, create_line

KEY = {"Idempotency-Key": "abc-123"}


@dataclass(frozen=True)
class Kind:
    """Where one entity's records are made, and where the first one is."""

    every: str
    one: str
    body: dict[str, Any]


CONTACT = Kind("/customers/1/contacts", "/customers/1/contacts/1", {"name": "Ada"})
ITEM = Kind("/items", "/items/sku", {"name": "Ada", "id": "sku"})
INVOICE = Kind("/invoices", "/invoices/1", {"name": "Ada", "customer": 1})
LINE = Kind("/customers/1/line_items", "/customers/1/line_items/2", {"name": "Ada"})
each = pytest.mark.parametrize(
    "kind", [CONTACT, ITEM, INVOICE, LINE], ids=["contact", "item", "invoice", "pending line"]
)


async def fill(invoiced: httpx.AsyncClient) -> None:
    """A customer, its contact, an item, an invoice, a pending line."""
    await create(invoiced)
    await create_contact(invoiced)
    await create_item(invoiced, id="sku", name="Ada")
    await create_invoice(invoiced, name="Ada")
    await create_line(invoiced, name="Ada")


async def plan(invoiced: httpx.AsyncClient, **fault: Any) -> None:
    """Plans a fault."""
    assert (await invoiced.post("/_sandbox/faults", json=fault)).status_code == 201


@each
async def test_an_idempotency_key_creates_once(invoiced: httpx.AsyncClient, kind: Kind) -> None:
    """The same key gives the first answer again; the request log tells that nothing was applied."""
    await create(invoiced)
    first = await invoiced.post(kind.every, json=kind.body, headers=KEY)
    again = await invoiced.post(kind.every, json=kind.body, headers=KEY)
    log = (await invoiced.get("/_sandbox/requests?writes=1")).json()["requests"]

    assert (first.status_code, again.json()) == (201, first.json())
    assert len((await invoiced.get(kind.every)).json()) == 1
    assert [(entry["path"], entry["applied"]) for entry in log[1:]] == [
        (kind.every, True),
        (kind.every, False),
    ]


@each
async def test_a_stale_read_shows_the_version_before(invoiced: httpx.AsyncClient, kind: Kind) -> None:
    """A replica that lags shows the last version but one, alone and in a list."""
    await fill(invoiced)
    await invoiced.patch(kind.one, json={"name": "Bo"})
    await plan(invoiced, kind="stale_read", times=2)

    assert (await invoiced.get(kind.one)).json()["name"] == "Ada"
    assert (await invoiced.get(kind.every)).json()[0]["name"] == "Ada"
    assert (await invoiced.get(kind.one)).json()["name"] == "Bo"


async def test_a_stale_read_shows_no_more_than_a_fresh_one(invoiced: httpx.AsyncClient) -> None:
    """The version before names the parent no more than the present one does."""
    await fill(invoiced)
    await invoiced.patch(CONTACT.one, json={"name": "Bo"})
    await invoiced.put("/_sandbox/switches", json={"invoiced.contact_names_customer": False})
    await plan(invoiced, kind="stale_read")
    stale = (await invoiced.get(CONTACT.one)).json()

    assert stale["name"] == "Ada"
    assert "customer" not in stale


@each
async def test_planned_refusals_meet_them(invoiced: httpx.AsyncClient, kind: Kind) -> None:
    """`error` names its property, `throttle` its pause; nothing is applied."""
    await fill(invoiced)
    await plan(invoiced, kind="error", status=400, param="name", path=f"^{kind.one}$")
    await plan(invoiced, kind="throttle", retry_after=3, path=f"^{kind.one}$")
    refused = await invoiced.patch(kind.one, json={"name": "Bo"})
    throttled = await invoiced.patch(kind.one, json={"name": "Bo"})

    assert (refused.status_code, refused.json()["param"]) == (400, "name")
    assert (throttled.status_code, throttled.headers["Retry-After"]) == (429, "3")
    assert (await invoiced.get(kind.one)).json()["name"] == "Ada"


@each
async def test_an_answer_can_be_lost_or_spoilt(invoiced: httpx.AsyncClient, kind: Kind) -> None:
    """A write whose answer nobody could read was applied; one whose connection dropped was not."""
    await fill(invoiced)
    for fault, name, kept in (
        ("bad_json", "B", "B"),
        ("lose_response", "C", "C"),
        ("drop_connection", "D", "C"),
    ):
        await plan(invoiced, kind=fault, method="PATCH")
        with pytest.raises((ValueError, httpx.HTTPError, AssertionError)):
            (await invoiced.patch(kind.one, json={"name": name})).json()
        assert (await invoiced.get(kind.one)).json()["name"] == kept


@each
async def test_an_api_may_change_what_it_keeps(invoiced: httpx.AsyncClient, kind: Kind) -> None:
    """A planned `normalise` cuts a name on its way in."""
    await fill(invoiced)
    await plan(invoiced, kind="normalise", field="name", how="truncate:3")

    assert (await invoiced.patch(kind.one, json={"name": "Bodil"})).json()["name"] == "Bod"


@each
async def test_a_key_that_may_not_write_reads(invoiced: httpx.AsyncClient, kind: Kind) -> None:
    """Without the permission a write answers 403, a read its record; without a key both answer 401."""
    await fill(invoiced)
    await invoiced.put("/_sandbox/switches", json={"invoiced.tandem_may_write": False})
    tandem = httpx.BasicAuth("inv-tandem", "")

    assert (await invoiced.delete(kind.one, auth=tandem)).status_code == 403
    assert (await invoiced.get(kind.one, auth=tandem)).json()["name"] == "Ada"
    assert (await invoiced.get(kind.one, auth=httpx.BasicAuth("nobody", ""))).status_code == 401


async def test_events_of_contacts_come_late_and_twice(invoiced: httpx.AsyncClient) -> None:
    """`late_event` hides one until its delay is over, `duplicate_event` shows one two times."""
    await fill(invoiced)
    await plan(invoiced, kind="late_event", delay_ms=60_000, path="/contacts/")
    await invoiced.patch(CONTACT.one, json={"name": "Late"})
    await plan(invoiced, kind="duplicate_event", path="/contacts/")
    await invoiced.patch(CONTACT.one, json={"name": "Twice"})
    seen = (await invoiced.get("/events?type=contact")).json()
    await invoiced.post("/_sandbox/clock", json={"offset_s": 61})
    later = (await invoiced.get("/events?type=contact")).json()

    assert [event["data"]["object"]["name"] for event in seen] == ["Twice", "Twice", "Ada"]
    assert [event["data"]["object"]["name"] for event in later] == ["Twice", "Twice", "Late", "Ada"]


async def test_a_reset_forgets_them(invoiced: httpx.AsyncClient) -> None:
    """A reset of the data leaves no contact and no item, archived ones included; no contact's id comes again."""
    await fill(invoiced)
    await invoiced.delete("/items/sku")
    await invoiced.post("/_sandbox/reset", json={"what": ["data"]})
    customer = await create(invoiced)

    assert (await invoiced.get("/items?archived=1")).json() == []
    assert (await invoiced.get(f"/customers/{customer['id']}/contacts")).json() == []
    assert (await create_contact(invoiced, customer["id"]))["id"] == 2
