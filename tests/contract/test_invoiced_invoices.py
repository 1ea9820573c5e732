"""Invoices of the Invoiced simulator: their fields, their life from draft to paid or voided, their lists."""

from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import changed, create, create_invoice, later, switch, told

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


async def test_a_draft_is_issued_once(invoiced: httpx.AsyncClient) -> None:
    """A draft takes no payment; draft:false issues it, draft:true never comes back."""
    await create(invoiced)
    draft = await create_invoice(invoiced, draft=True)
    payment = await invoiced.post(f"{ONE}/pay")
    issued = await changed(invoiced, ONE, draft=False)
    back = await invoiced.patch(ONE, json={"draft": True})

    assert (draft["status"], draft["balance"], payment.status_code) == ("draft", 10, 400)
    assert (issued["draft"], issued["status"]) == (False, "not_sent")
    assert (back.status_code, back.json()["param"]) == (400, "draft")


async def test_a_voided_invoice_stays_on_record(invoiced: httpx.AsyncClient) -> None:
    """Nothing is left to pay, its total and lines are as before; no edit, payment or second voiding is taken."""
    await create(invoiced)
    before = await create_invoice(invoiced)
    voided = (await invoiced.post(f"{ONE}/void")).json()
    later_on = [
        await invoiced.post(f"{ONE}/void"),
        await invoiced.post(f"{ONE}/pay"),
        await invoiced.patch(ONE, json={"metadata": {"a": "1"}}),
    ]
    updated = (await told(invoiced, "invoice"))[0]

    assert (voided["status"], voided["balance"], voided["paid"]) == ("voided", 0, False)
    assert (voided["total"], voided["items"]) == (10, before["items"])
    assert [each.status_code for each in later_on] == [400, 400, 400]
    assert (updated["type"], updated["data"]["previous"]) == (
        "invoice.updated",
        {"balance": 10, "status": "not_sent"},
    )


async def test_a_closed_invoice_is_reopened_first(invoiced: httpx.AsyncClient) -> None:
    """Not even metadata can be written until closed:false, which may come with other fields."""
    await create(invoiced)
    await create_invoice(invoiced)
    closed = await changed(invoiced, ONE, closed=True)
    refused = await invoiced.patch(ONE, json={"metadata": {"a": "1"}})
    reopened = await changed(invoiced, ONE, closed=False, metadata={"a": "1"})

    assert (closed["status"], closed["balance"], refused.status_code) == ("bad_debt", 10, 400)
    assert (reopened["status"], reopened["metadata"]) == ("not_sent", {"a": "1"})


async def test_time_makes_it_past_due(invoiced: httpx.AsyncClient) -> None:
    """Its status turns when the due date has passed, in lists and filters too, and back with the clock."""
    await create(invoiced, payment_terms="NET 14")
    await create_invoice(invoiced, sent=True)
    await create_invoice(invoiced, draft=True)
    await later(invoiced, 15 * DAY)
    late = (await invoiced.get("/invoices?filter[status]=past_due")).json()
    owed = (await invoiced.get("/customers/1/balance")).json()
    await later(invoiced, 0)
    early = (await invoiced.get(ONE)).json()

    assert [each["id"] for each in late] == [1]
    assert (owed["past_due"], owed["due_now"]) == (True, 10)
    assert early["status"] == "sent"


async def test_a_life_is_told_with_the_customer_expanded(invoiced: httpx.AsyncClient) -> None:
    """Created, updated with the old values, deleted: `data.object.customer` is the whole customer each time."""
    customer = await create(invoiced)
    invoice = await create_invoice(invoiced)
    after = (await invoiced.patch(ONE, json={"notes": "n", "sent": True})).json()
    gone = await invoiced.delete(ONE)
    deleted, updated, made = await told(invoiced, "invoice")

    assert (gone.status_code, gone.content, (await invoiced.get(ONE)).status_code) == (204, b"", 404)
    assert made["data"] == {"object": {**invoice, "customer": customer}}
    assert updated["data"] == {
        "object": {**after, "customer": customer},
        "previous": {"notes": None, "status": "not_sent"},
    }
    assert (deleted["type"], deleted["data"]["object"]["customer"]) == ("invoice.deleted", customer)


async def test_a_write_that_changes_nothing_leaves_no_trace(invoiced: httpx.AsyncClient) -> None:
    """Everything an invoice shows written back to it: same `updated_at` although time went on, and no event."""
    await create(invoiced)
    entry = {"amount": "0.5", "tax_rate": "vat"}
    line = {"unit_cost": 10, "discounts": [{"amount": 1, "coupon": "c"}], "metadata": {"a": 1}}
    before = await create_invoice(invoiced, items=[line, {"name": "B"}], taxes=[entry], ship_to={"name": "A"})
    await later(invoiced)
    raw = (await invoiced.get(ONE)).text
    after = await invoiced.patch(ONE, content=raw, headers={"Content-Type": "application/json"})

    assert (after.status_code, after.text) == (200, raw)
    assert before["total"] == before["balance"]
    assert len(await told(invoiced, "invoice")) == 1
