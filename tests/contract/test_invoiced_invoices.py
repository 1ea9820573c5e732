"""Invoices of the Invoiced simulator: their fields, what they start as, and what cannot be kept."""

from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import changed, create, create_invoice, switch, told

DAY = 86_400
ONE = "/invoices/1"
# the fact sheet of the API, section 2.3, with what was seen live
SHOWN = (
    "id object customer number name currency date due_date payment_terms purchase_order draft closed paid status "
    "items subtotal total balance discounts taxes shipping ship_to autopay attempt_count next_payment_attempt "
    "subscription payment_plan notes url payment_url pdf_url csv_url metadata created_at updated_at chase late_fees "
    "needs_attention subscription_id"
)


async def test_a_new_invoice_shows_every_field(invoiced: httpx.AsyncClient) -> None:
    """Only a customer is needed: number, name, currency, date and terms come by themselves, `sent` is never shown."""
    await create(invoiced, currency="nok", payment_terms="NET 14", autopay=True)
    invoice = await create_invoice(invoiced, sent=True, attachments=[1], calculate_taxes=False)

    assert set(invoice) == set(SHOWN.split())
    assert (invoice["id"], invoice["object"], invoice["customer"]) == (1, "invoice", 1)
    assert (invoice["number"], invoice["name"], invoice["currency"]) == ("INV-0001", "Invoice", "nok")
    assert (invoice["payment_terms"], invoice["autopay"]) == ("NET 14", True)
    assert (invoice["date"], invoice["due_date"]) == (invoice["created_at"], invoice["date"] + 14 * DAY)
    assert (invoice["draft"], invoice["closed"], invoice["status"]) == (False, False, "sent")
    assert (await invoiced.get(ONE)).json() == invoice


@pytest.mark.parametrize(
    ("terms", "days"),
    [("NET 30", 30), ("net7", 7), ("Due on receipt", 0), ("2% 10", None), (None, None)],
)
async def test_it_is_due_by_its_terms(invoiced: httpx.AsyncClient, terms: str, days: int | None) -> None:
    """Terms that say how many days set the due date; others leave it open."""
    await create(invoiced)
    invoice = await create_invoice(invoiced, payment_terms=terms, date=1_000)

    assert invoice["due_date"] == (None if days is None else 1_000 + days * DAY)


async def test_a_written_due_date_wins(invoiced: httpx.AsyncClient) -> None:
    """On create and on update, also beside new terms; new terms alone move it."""
    await create(invoiced)
    made = await create_invoice(invoiced, payment_terms="NET 30", date=1_000, due_date=4_000_000_000)
    kept = await changed(invoiced, ONE, payment_terms="NET 7", due_date=4_000_000_001)
    moved = await changed(invoiced, ONE, payment_terms="NET 8")

    assert [each["due_date"] for each in (made, kept, moved)] == [
        4_000_000_000,
        4_000_000_001,
        1_000 + 8 * DAY,
    ]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"number": "x" * 33}, "number"),
        ({"purchase_order": "x" * 33}, "purchase_order"),
        ({"currency": "euro"}, "currency"),
        ({"date": "today"}, "date"),
        ({"items": "x"}, "items"),
        ({"items": ["x"]}, "items"),
        ({"items": [{"quantity": "many"}]}, "quantity"),
        ({"items": [{"catalog_item": "x"}]}, "catalog_item"),
        ({"taxes": "x"}, "taxes"),
        ({"discounts": [{"amount": "x"}]}, "amount"),
        ({"discounts": [{"amount": 11}]}, "items"),
        ({"ship_to": "x"}, "ship_to"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    invoiced: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    """A refused field answers 400 and names itself, on create and on update, and nothing is stored or told."""
    await create(invoiced)
    before = await create_invoice(invoiced)
    body = {"customer": 1, "items": [{"unit_cost": 10}], **fields}
    made = await invoiced.post("/invoices", json=body)
    patched = await invoiced.patch(ONE, json=fields)

    for answer in (made, patched):
        assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert (await invoiced.get("/invoices")).json() == [before]
    assert len(await told(invoiced, "invoice")) == 1


@pytest.mark.parametrize("customer", [None, 2, "x", {"id": 1}])
async def test_it_needs_a_customer_that_exists(invoiced: httpx.AsyncClient, customer: Any) -> None:
    """Without one, or with an unknown one, a create answers 400."""
    await create(invoiced)
    answer = await invoiced.post("/invoices", json={"customer": customer})

    assert (answer.status_code, answer.json()["param"]) == (400, "customer")


async def test_its_customer_stays(invoiced: httpx.AsyncClient) -> None:
    """A PATCH with another customer answers 400, with its own it is fine; switched off, it is ignored."""
    await create(invoiced)
    await create(invoiced)
    await create_invoice(invoiced)
    refused = await invoiced.patch(ONE, json={"customer": 2})
    same = await changed(invoiced, ONE, customer=1, name="B")
    await switch(invoiced, create_only_refused=False)
    ignored = await changed(invoiced, ONE, customer=2)

    assert (refused.status_code, refused.json()["param"]) == (400, "customer")
    assert (same["customer"], same["name"], ignored["customer"]) == (1, "B", 1)


async def test_numbers_are_unique_and_given(invoiced: httpx.AsyncClient) -> None:
    """A taken number is refused, a given one jumps over it; with the switches off, it may be missing or shared."""
    await create(invoiced)
    await create_invoice(invoiced, number="INV-0001")
    second = await create_invoice(invoiced)
    taken = await invoiced.patch("/invoices/2", json={"number": "INV-0001"})
    await switch(invoiced, number_generated=False, number_unique=False)
    third, shared = await create_invoice(invoiced), await create_invoice(invoiced, number="INV-0002")

    assert second["number"] == "INV-0002"
    assert (taken.status_code, taken.json()["param"]) == (400, "number")
    assert (third["number"], shared["number"]) == (None, "INV-0002")


async def test_a_field_left_out_stays(invoiced: httpx.AsyncClient) -> None:
    """A PATCH changes what it names; an address to ship to is replaced whole, null clears it."""
    await create(invoiced)
    before = await create_invoice(
        invoiced, purchase_order="PO", notes="n", ship_to={"name": "A", "city": "B"}
    )
    after = await changed(invoiced, ONE, notes=None, ship_to={"name": "C", "country": "no"})

    assert before["ship_to"]["city"] == "B"
    assert (after["purchase_order"], after["notes"]) == ("PO", None)
    assert (after["ship_to"]["name"], after["ship_to"]["city"], after["ship_to"]["country"]) == (
        "C",
        None,
        "NO",
    )
    assert after["items"] == before["items"]
    assert (await changed(invoiced, ONE, ship_to=None))["ship_to"] is None
