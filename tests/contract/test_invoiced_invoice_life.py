"""An invoice's life in the Invoiced simulator: drafted, issued, past due, closed or voided, and told."""

import httpx

from tests.contract.invoiced_records import changed, create, create_invoice, later, switch, told

DAY = 86_400
ONE = "/invoices/1"


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


async def test_a_voided_invoice_can_be_deleted(invoiced: httpx.AsyncClient) -> None:
    """That nothing is left to pay of it makes it no paid one; where it can be edited, it stays voided."""
    await create(invoiced)
    await create_invoice(invoiced)
    await invoiced.post(f"{ONE}/void")
    await switch(invoiced, voided_refuses_edits=False)
    edited = await changed(invoiced, ONE, items=[{"unit_cost": 4}], notes="n")
    gone = await invoiced.delete(ONE)

    assert (edited["status"], edited["total"], edited["balance"], edited["paid"]) == ("voided", 4, 0, False)
    assert gone.status_code == 204


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
