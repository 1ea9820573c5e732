"""Payments of the Invoiced simulator: in part, in full, taken back, and what that does to invoices."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
import simplejson

from tests.contract.invoiced_records import changed, create, create_invoice, told

ONE = "/invoices/1"


async def pay(invoiced: httpx.AsyncClient, path: str = f"{ONE}/pay", **fields: Any) -> httpx.Response:
    """A payment; none is refused here."""
    answer = await invoiced.post(path, json=fields)
    assert answer.status_code in {200, 201}, answer.text
    return answer


async def read(invoiced: httpx.AsyncClient, path: str = ONE) -> dict[str, Any]:
    """A record, numbers as decimals."""
    return dict(simplejson.loads((await invoiced.get(path)).text, use_decimal=True))


def share(invoice: int, amount: Any) -> dict[str, Any]:
    """A part of a payment."""
    return {"type": "invoice", "invoice": invoice, "amount": amount}


async def test_an_invoice_is_paid_in_parts(invoiced: httpx.AsyncClient) -> None:
    """The balance goes down to the cent; the last part pays it and closes it."""
    await create(invoiced)
    await create_invoice(invoiced)
    part = (await pay(invoiced, amount="0.1")).json()
    left = await read(invoiced)
    whole = (await pay(invoiced)).json()

    assert (part["status"], part["paid"], part["closed"]) == ("not_sent", False, False)
    assert (left["total"], left["balance"]) == (10, Decimal("9.9"))
    assert (whole["status"], whole["paid"], whole["closed"], whole["balance"]) == ("paid", True, True, 0)
    assert [each["amount"] for each in (await invoiced.get("/payments")).json()] == [0.1, 9.9]


async def test_a_payment_may_cover_several_invoices(invoiced: httpx.AsyncClient) -> None:
    """What is applied to none is its own balance; a list finds it by customer and date."""
    await create(invoiced)
    await create_invoice(invoiced)
    await create_invoice(invoiced)
    made = await pay(
        invoiced, "/payments", amount=15, method="check", applied_to=[share(1, 10), share(2, "2.5")]
    )
    payment = await read(invoiced, "/payments/1")

    assert (made.status_code, payment["customer"], payment["method"]) == (201, 1, "check")
    assert (payment["amount"], payment["balance"]) == (15, Decimal("2.5"))
    assert payment["applied_to"] == [share(1, 10), share(2, Decimal("2.5"))]
    assert (await read(invoiced))["paid"] is True
    assert (await read(invoiced, "/invoices/2"))["balance"] == Decimal("7.5")
    assert len((await invoiced.get("/payments?filter[customer]=1&start_date=1")).json()) == 1


async def test_a_payment_is_told_before_what_it_does(invoiced: httpx.AsyncClient) -> None:
    """`payment.created`, then `invoice.updated` with the old balance, status and flags; notes are told later."""
    await create(invoiced)
    await create_invoice(invoiced)
    await pay(invoiced)
    noted = await changed(invoiced, "/payments/1", notes="n", amount=99)
    events = (await invoiced.get("/events")).json()

    assert [event["type"] for event in events[:3]] == [
        "payment.updated",
        "invoice.updated",
        "payment.created",
    ]
    assert events[1]["data"]["previous"] == {
        "balance": 10,
        "closed": False,
        "paid": False,
        "status": "not_sent",
    }
    assert (noted["notes"], noted["amount"]) == ("n", 10)


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": 10},
        {"customer": 9, "amount": 1},
        {"customer": 2, "amount": 1, "applied_to": [share(1, 1)]},
        {"amount": 1, "applied_to": [share(1, 2)]},
        {"amount": 20, "applied_to": [share(1, 11)]},
        {"amount": 20, "applied_to": [share(9, 1)]},
        {"amount": 20, "applied_to": [share(1, 1), share(1, 1)]},
        {"amount": 20, "applied_to": [{"type": "estimate", "invoice": 1, "amount": 1}]},
        {"applied_to": [share(1, 1)]},
        {"amount": 5, "currency": "nok", "applied_to": [share(1, 1)]},
    ],
)
async def test_wrong_payments_change_nothing(invoiced: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    """Nothing, too much, for nobody, for an invoice of somebody else or none: refused, and nothing is stored or told."""
    await create(invoiced)
    await create(invoiced)
    before = await create_invoice(invoiced)
    answer = await invoiced.post("/payments", json=fields)

    assert answer.status_code in {400, 404}
    assert await read(invoiced) == before
    assert await told(invoiced, "payment") == []


async def test_a_closed_invoice_takes_no_payment(invoiced: httpx.AsyncClient) -> None:
    """Neither a bad debt nor a paid one, until it is reopened; reopening a paid one alone leaves it paid and open."""
    await create(invoiced)
    await create_invoice(invoiced)
    await changed(invoiced, ONE, closed=True)
    bad_debt = await invoiced.post(f"{ONE}/pay")
    await changed(invoiced, ONE, closed=False)
    await pay(invoiced)
    again = await invoiced.post(f"{ONE}/pay", json={"amount": 1})
    reopened = await changed(invoiced, ONE, closed=False)
    more = await changed(invoiced, ONE, items=[{"unit_cost": 12}])
    closed = (await pay(invoiced)).json()

    assert (bad_debt.status_code, again.status_code) == (400, 400)
    assert (reopened["paid"], reopened["closed"], reopened["status"]) == (True, False, "paid")
    assert (more["paid"], more["closed"], more["balance"]) == (False, False, 2)
    assert (closed["paid"], closed["closed"]) == (True, True)


async def test_the_total_stays_above_what_is_paid(invoiced: httpx.AsyncClient) -> None:
    """Lines worth less than the payments are refused."""
    await create(invoiced)
    await create_invoice(invoiced)
    await pay(invoiced, amount=6)
    less = await invoiced.patch(ONE, json={"items": [{"unit_cost": 5}]})
    enough = await changed(invoiced, ONE, items=[{"unit_cost": 7}])

    assert (less.status_code, enough["balance"]) == (400, 1)


async def test_a_payment_is_taken_back(invoiced: httpx.AsyncClient) -> None:
    """Deleting it reopens what it had paid; then voiding and deleting are possible again."""
    await create(invoiced)
    await create_invoice(invoiced)
    await pay(invoiced)
    refused = await invoiced.post(f"{ONE}/void"), await invoiced.delete(ONE)
    gone = await invoiced.delete("/payments/1")
    after = await read(invoiced)
    voided = await invoiced.post(f"{ONE}/void")

    assert [each.status_code for each in refused] == [400, 400]
    assert (gone.status_code, (await invoiced.get("/payments/1")).status_code) == (204, 404)
    assert (after["paid"], after["closed"], after["status"], after["balance"]) == (
        False,
        False,
        "not_sent",
        10,
    )
    assert voided.json()["status"] == "voided"
    assert (await told(invoiced, "payment"))[0]["type"] == "payment.deleted"


async def test_a_customer_owes_what_is_open(invoiced: httpx.AsyncClient) -> None:
    """Drafts, voided, closed and paid invoices and other currencies count for nothing, parts for their rest."""
    await create(invoiced)
    await create(invoiced)
    await create_invoice(invoiced, 2, closed=True)
    for fields in ({}, {"draft": True}, {"closed": True}, {"currency": "nok"}, {}, {}):
        await create_invoice(invoiced, payment_terms="NET 7", **fields)
    await pay(invoiced, "/invoices/2/pay", amount="0.1")
    await pay(invoiced, "/invoices/6/pay")
    await invoiced.post("/invoices/7/void")
    owed = await read(invoiced, "/customers/1/balance")
    debtors = (await invoiced.get("/customers?open_balance=1")).json()

    assert (owed["total_outstanding"], owed["due_now"], owed["past_due"]) == (Decimal("9.9"), 0, False)
    assert [each["id"] for each in debtors] == [1]
