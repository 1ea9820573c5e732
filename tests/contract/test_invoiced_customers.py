"""Customers of the Invoiced simulator: what a write keeps, refuses, and does to others."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import simplejson

from sandbox.invoiced import create_app
from sandbox.invoiced.customers.fields import FIELDS


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    """A fresh simulator, asked with the user's key."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://inv.test", auth=("inv-user", "")
    ) as client:
        yield client


async def create(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A customer, made through the API."""
    answer = await api.post("/customers", json={"name": "Acme", **fields})
    assert answer.status_code == 201, answer.text
    return dict(simplejson.loads(answer.text, use_decimal=True))


async def test_a_new_customer_shows_every_field(api: httpx.AsyncClient) -> None:
    """Only a name is needed; the answer holds every readable field, with the account's defaults."""
    customer = await create(api)

    assert set(customer) == {field.name for field in FIELDS if field.access != "write"}
    assert customer["object"] == "customer"
    assert (customer["number"], customer["type"]) == ("CUST-00001", "company")
    assert (customer["country"], customer["currency"]) == ("US", "usd")
    assert (customer["active"], customer["chase"], customer["autopay"]) == (True, True, False)
    assert customer["created_at"] == customer["updated_at"]
    assert isinstance(customer["updated_at"], int)


async def test_a_written_customer_reads_back(api: httpx.AsyncClient) -> None:
    """Values come back typed: codes in their case, `""` as null, text numbers as numbers, mirrors filled."""
    customer = await create(
        api,
        country="no",
        currency="NOK",
        language="NB",
        email="",
        credit_limit="12.50",
        owner="7",
        taxes=["vat"],
    )

    assert (customer["country"], customer["currency"], customer["language"]) == ("NO", "nok", "nb")
    assert customer["email"] is None
    assert customer["credit_limit"] == Decimal("12.5")
    assert (customer["owner"], customer["owner_id"]) == (7, 7)
    assert customer["taxes"] == [{"id": "vat", "object": "tax_rate", "name": "vat"}]


async def test_money_is_exact(api: httpx.AsyncClient) -> None:
    """A number no float can hold comes back digit by digit, as a JSON number, also after another edit."""
    exact = "12345678901234567.1234567891"
    raw = f'{{"name":"Acme","credit_limit":{exact}}}'
    headers = {"Content-Type": "application/json"}
    created = await api.post("/customers", content=raw, headers=headers)
    changed = await api.patch("/customers/1", json={"name": "B"})

    assert f'"credit_limit":{exact},' in created.text
    assert f'"credit_limit":{exact},' in changed.text
    assert f'"credit_limit":{exact},' in (await api.get("/customers")).text


async def test_unknown_and_read_only_fields_are_ignored(api: httpx.AsyncClient) -> None:
    """What the API does not know or computes itself cannot be written, and is no error."""
    customer = await create(api, id=99, object="x", updated_at=1, statement_url="x", favourite_colour="red")

    assert customer["id"] == 1
    assert customer["object"] == "customer"
    assert customer["updated_at"] > 1
    assert customer["statement_url"] != "x"
    assert "favourite_colour" not in customer


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": ["x"]}, "name"),
        ({"number": "x" * 33}, "number"),
        ({"type": "robot"}, "type"),
        ({"email": "nobody"}, "email"),
        ({"country": "NOR"}, "country"),
        ({"currency": "kr"}, "currency"),
        ({"language": "nb-NO"}, "language"),
        ({"credit_limit": "much"}, "credit_limit"),
        ({"credit_limit": True}, "credit_limit"),
        ({"owner": 1.5}, "owner"),
        ({"active": "perhaps"}, "active"),
        ({"taxes": "vat"}, "taxes"),
        ({"parent_customer": 404}, "parent_customer"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"k" * 41: "x"}}, "metadata"),
        ({"metadata": {"k": "x" * 256}}, "metadata"),
        ({"metadata": {str(n): "x" for n in range(11)}}, "metadata"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    api: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    """A refused field answers 400 and names itself, on create and on update, and nothing is stored."""
    made = await api.post("/customers", json={"name": "Acme", **fields})
    await create(api)
    changed = await api.patch("/customers/1", json=fields)

    for answer in (made, changed):
        assert (answer.status_code, answer.json()["type"]) == (400, "invalid_request")
        assert answer.json()["param"] == param
    assert (await api.get("/customers")).headers["X-Total-Count"] == "1"
    assert (await api.get("/customers/1")).json()["name"] == "Acme"


async def test_a_number_is_unique(api: httpx.AsyncClient) -> None:
    """A taken number answers 400; a generated one steps over it; one's own may be written again."""
    await create(api, number="CUST-00002")
    await create(api)
    taken = await api.post("/customers", json={"name": "B", "number": "CUST-00001"})
    third = await create(api)
    own = await api.patch("/customers/1", json={"number": "CUST-00002", "name": "C"})

    assert (taken.status_code, taken.json()["param"]) == (400, "number")
    assert third["number"] == "CUST-00003"
    assert own.status_code == 200


async def test_patch_changes_only_what_it_names(api: httpx.AsyncClient) -> None:
    """A field left out stays; null clears; metadata, when given, is the new whole map."""
    await create(api, phone="1", notes="n", metadata={"a": "1", "b": 2})
    changed = (await api.patch("/customers/1", json={"phone": None, "metadata": {"b": 3}})).json()

    assert (changed["phone"], changed["notes"], changed["name"]) == (None, "n", "Acme")
    assert changed["metadata"] == {"b": 3}


async def test_form_encoding_means_the_same(api: httpx.AsyncClient) -> None:
    """A form with nested names writes what its JSON twin writes."""
    form = {"name": "Acme", "active": "0", "credit_limit": "5", "metadata[a]": "x", "taxes[]": "vat"}
    answer = await api.post("/customers", data=form)

    assert answer.status_code == 201
    assert answer.json()["active"] is False
    assert answer.json()["credit_limit"] == 5
    assert answer.json()["metadata"] == {"a": "x"}
    assert answer.json()["taxes"][0]["id"] == "vat"


async def test_a_write_that_changes_nothing_leaves_no_trace(api: httpx.AsyncClient) -> None:
    """The same values again: same `updated_at`, although the clock moved, and no event."""
    before = await create(api, metadata={"a": "1"})
    await api.post("/_sandbox/clock", json={"offset_s": 100})
    after = (await api.patch("/customers/1", json={"name": "Acme", "metadata": {"a": "1"}})).json()

    assert after == before
    assert (await api.get("/events")).headers["X-Total-Count"] == "1"


async def test_parents_form_a_tree_of_five_levels(api: httpx.AsyncClient) -> None:
    """A sixth level and a circle are refused, from above and from below."""
    for level in range(1, 6):
        await create(api, parent_customer=level - 1 or None)
    sixth = await api.post("/customers", json={"name": "F", "parent_customer": 5})
    circle = await api.patch("/customers/1", json={"parent_customer": 5})
    top = await create(api)
    pushed = await api.patch("/customers/1", json={"parent_customer": top["id"]})

    assert [each.status_code for each in (sixth, circle, pushed)] == [400, 400, 400]
    assert (await api.get("/customers/5?expand=parent_customer")).json()["parent_customer"]["id"] == 4


async def test_delete_removes_and_orphans(api: httpx.AsyncClient) -> None:
    """A deleted customer is gone for good: 404, its id is not given again, its children lose their parent."""
    await create(api)
    await create(api, parent_customer=1)
    deleted = await api.delete("/customers/1")

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await api.get("/customers/1")).status_code == 404
    assert (await api.delete("/customers/1")).status_code == 404
    assert (await api.get("/customers/2")).json()["parent_customer"] is None
    assert (await create(api))["id"] == 3


async def test_a_customer_with_transactions_stays(api: httpx.AsyncClient) -> None:
    """Until invoices join, the metadata key `sandbox_transactions` makes a customer undeletable."""
    await create(api, metadata={"sandbox_transactions": True})
    refused = await api.delete("/customers/1")

    assert refused.status_code == 400
    assert (await api.patch("/customers/1", json={"active": False})).json()["active"] is False


async def test_merge_leaves_one(api: httpx.AsyncClient) -> None:
    """The loser disappears, its children move to the winner, the event holds the winner."""
    await create(api, name="Winner")
    await create(api, name="Loser")
    await create(api, name="Child", parent_customer=2)
    merged = await api.post("/customers/1/merge", json={"customer": 2})
    event = (await api.get("/events?filter[type]=customer.merged")).json()[0]

    assert (merged.status_code, merged.json()["name"]) == (200, "Winner")
    assert (await api.get("/customers/2")).status_code == 404
    assert (await api.get("/customers/3")).json()["parent_customer"] == 1
    assert event["data"]["object"]["id"] == 1
    assert (await api.post("/customers/1/merge", json={"customer": 1})).status_code == 400
    assert (await api.post("/customers/1/merge", json={"customer": 2})).status_code == 404


async def test_balance_is_nothing_owed(api: httpx.AsyncClient) -> None:
    """Without invoices a customer owes nothing, in its currency."""
    await create(api, currency="nok")

    assert (await api.get("/customers/1/balance")).json() == {
        "currency": "nok",
        "available_credits": 0,
        "due_now": 0,
        "history": [],
        "past_due": False,
        "total_outstanding": 0,
    }
    assert (await api.get("/customers/2/balance")).status_code == 404
