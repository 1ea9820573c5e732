"""Customers of the Invoiced simulator: what a write keeps, refuses, and does to others."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import create

# the fact sheet of the API, section 2.1, with what was seen live
SHOWN = (
    "id object name number type email phone attention_to address1 address2 city state postal_code country language "
    "currency payment_terms autopay autopay_delay_days payment_source parent_customer bill_to_parent consolidated "
    "owner credit_hold credit_limit chase chasing_cadence next_chase_step taxable taxes tax_id "
    "avalara_entity_use_code avalara_exemption_number notes sign_up_page sign_up_url statement_pdf_url "
    "statement_url ach_gateway cc_gateway metadata created_at updated_at active convenience_fee late_fee_schedule "
    "late_fee_schedule_id network_connection network_connection_id owner_id ach_gateway_id cc_gateway_id"
)


async def test_a_new_customer_shows_every_field(invoiced: httpx.AsyncClient) -> None:
    """Only a name is needed; the answer holds every readable field, with the account's defaults."""
    customer = await create(invoiced)

    assert set(customer) == set(SHOWN.split())
    assert customer["object"] == "customer"
    assert (customer["number"], customer["type"]) == ("CUST-00001", "company")
    assert (customer["country"], customer["currency"]) == ("US", "usd")
    assert (customer["active"], customer["chase"], customer["autopay"]) == (True, True, False)
    assert customer["created_at"] == customer["updated_at"]
    assert isinstance(customer["updated_at"], int)


async def test_a_written_customer_reads_back(invoiced: httpx.AsyncClient) -> None:
    """Values come back typed: codes in their case, `""` as null, text numbers as numbers, mirrors filled."""
    customer = await create(
        invoiced,
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


async def test_money_is_exact(invoiced: httpx.AsyncClient) -> None:
    """A number no float can hold comes back digit by digit, as a JSON number, also after another edit."""
    exact = "12345678901234567.1234567891"
    raw = f'{{"name":"Acme","credit_limit":{exact}}}'
    headers = {"Content-Type": "application/json"}
    padded = await invoiced.post("/customers", json={"name": "Z", "credit_limit": "1.2E+3"})
    created = await invoiced.post("/customers", content=raw, headers=headers)
    changed = await invoiced.patch("/customers/2", json={"name": "B"})
    trimmed = await invoiced.patch("/customers/1", json={"credit_limit": "12.50"})

    assert '"credit_limit":1200,' in padded.text
    assert '"credit_limit":12.5,' in trimmed.text
    assert f'"credit_limit":{exact},' in created.text
    assert f'"credit_limit":{exact},' in changed.text
    assert f'"credit_limit":{exact},' in (await invoiced.get("/customers")).text


async def test_unknown_and_read_only_fields_are_ignored(invoiced: httpx.AsyncClient) -> None:
    """What the API does not know or computes itself cannot be written, and is no error."""
    customer = await create(
        invoiced, id=99, object="x", updated_at=1, statement_url="x", favourite_colour="red"
    )

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
    invoiced: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    """A refused field answers 400 and names itself, on create and on update, and nothing is stored."""
    made = await invoiced.post("/customers", json={"name": "Acme", **fields})
    await create(invoiced)
    changed = await invoiced.patch("/customers/1", json=fields)

    for answer in (made, changed):
        assert (answer.status_code, answer.json()["type"]) == (400, "invalid_request")
        assert answer.json()["param"] == param
    assert (await invoiced.get("/customers")).headers["X-Total-Count"] == "1"
    assert (await invoiced.get("/customers/1")).json()["name"] == "Acme"


async def test_a_number_is_unique(invoiced: httpx.AsyncClient) -> None:
    """A taken number answers 400; a generated one steps over it; one's own may be written again."""
    await create(invoiced, number="CUST-00002")
    await create(invoiced)
    taken = await invoiced.post("/customers", json={"name": "B", "number": "CUST-00001"})
    third = await create(invoiced)
    own = await invoiced.patch("/customers/1", json={"number": "CUST-00002", "name": "C"})

    assert (taken.status_code, taken.json()["param"]) == (400, "number")
    assert third["number"] == "CUST-00003"
    assert own.status_code == 200


async def test_patch_changes_only_what_it_names(invoiced: httpx.AsyncClient) -> None:
    """A field left out stays; null clears; metadata, when given, is the new whole map."""
    await create(invoiced, phone="1", notes="n", metadata={"a": "1", "b": 2})
    changed = (await invoiced.patch("/customers/1", json={"phone": None, "metadata": {"b": 3}})).json()

    assert (changed["phone"], changed["notes"], changed["name"]) == (None, "n", "Acme")
    assert changed["metadata"] == {"b": 3}


async def test_form_encoding_means_the_same(invoiced: httpx.AsyncClient) -> None:
    """A form with nested names writes what its JSON twin writes."""
    form = {
        "name": "Acme",
        "active": "0",
        "credit_limit": "5",
        "phone": "1",
        "metadata[a]": "x",
        "taxes[]": "vat",
    }
    answer = await invoiced.post("/customers", data=form)
    cleared = await invoiced.patch("/customers/1", data={"phone": ""})

    assert answer.status_code == 201
    assert (answer.json()["phone"], cleared.json()["phone"]) == ("1", None)
    assert answer.json()["active"] is False
    assert answer.json()["credit_limit"] == 5
    assert answer.json()["metadata"] == {"a": "x"}
    assert answer.json()["taxes"][0]["id"] == "vat"


async def test_a_write_that_changes_nothing_leaves_no_trace(invoiced: httpx.AsyncClient) -> None:
    """The same values again: same `updated_at`, although the clock moved, and no event."""
    before = await create(invoiced, metadata={"a": "1"})
    await invoiced.post("/_sandbox/clock", json={"offset_s": 100})
    after = (await invoiced.patch("/customers/1", json={"name": "Acme", "metadata": {"a": "1"}})).json()

    assert after == before
    assert (await invoiced.get("/events")).headers["X-Total-Count"] == "1"
