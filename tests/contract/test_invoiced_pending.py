"""Pending lines of the Invoiced simulator: below their customer, told, listed, and billed."""

import httpx
import pytest

from tests.contract.invoiced_records import (
    changed,
    create,
    create_invoice,
    create_item,
    create_line,
    later,
    switch,
    told,
)
from tests.contract.test_invoiced_lines import SHOWN

LINES = "/customers/1/line_items"
BILL = "/customers/1/invoices"


async def test_a_pending_line_shows_its_customer(invoiced: httpx.AsyncClient) -> None:
    """It has the shape of a line in an invoice and its customer, is filled by the catalogue and priced."""
    await create(invoiced, currency="kwd")
    await create_item(invoiced, id="sku", unit_cost="0.1235")
    line = await create_line(invoiced, name=None, catalog_item="sku", quantity=3, customer_id=9)

    assert set(line) == {*SHOWN.split(), "customer"}
    assert (line["customer"], line["name"], str(line["amount"])) == (1, "Hammer", "0.371")
    assert (await invoiced.get(f"{LINES}/1")).json()["id"] == 1


async def test_a_life_is_told(invoiced: httpx.AsyncClient) -> None:
    """Created, updated with the old values, deleted; the customer stands there as an id."""
    await create(invoiced)
    await create_line(invoiced)
    await later(invoiced)
    after = await changed(invoiced, f"{LINES}/1", quantity=2, unit_cost=3)
    same = await changed(invoiced, f"{LINES}/1", quantity="2.0")
    gone = await invoiced.delete(f"{LINES}/1")
    deleted, updated, made = await told(invoiced, "line_item")

    assert (after["amount"], after["updated_at"] > after["created_at"], same == after) == (6, True, True)
    assert (gone.status_code, (await invoiced.get(f"{LINES}/1")).status_code) == (204, 404)
    assert made["data"]["object"]["customer"] == 1
    assert updated["data"] == {"object": after, "previous": {"quantity": 1, "unit_cost": 0, "amount": 0}}
    assert deleted["data"] == {"object": after}


async def test_a_line_is_found_below_its_customer_only(invoiced: httpx.AsyncClient) -> None:
    """Another customer's address, an invoice's line, an unknown customer and a list of all lines are 404."""
    await create(invoiced)
    await create(invoiced)
    await create_line(invoiced)
    await create_invoice(invoiced)

    for method in ("GET", "PATCH", "DELETE"):
        assert (await invoiced.request(method, "/customers/2/line_items/1")).status_code == 404
    assert (await invoiced.get(f"{LINES}/2")).status_code == 404
    assert (await invoiced.get("/customers/3/line_items")).status_code == 404
    assert (await invoiced.post("/customers/3/line_items", json={})).status_code == 404
    assert (await invoiced.get("/line_items")).status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "BAC"),
        ("sort=name asc", "ABC"),
        ("filter[quantity]=2", "A"),
        ("metadata[k]=v", "C"),
        ("updated_after=99999999999&updated_before=1", "BAC"),
    ],
)
async def test_a_list_is_sorted_and_filtered_but_not_by_time(
    invoiced: httpx.AsyncClient, query: str, names: str
) -> None:
    """Sort, filter and metadata work, bounds of time are ignored, another customer's lines are not there."""
    await create(invoiced)
    await create(invoiced)
    await create_line(invoiced, name="B")
    await create_line(invoiced, 2, name="X", metadata={"k": "v"})
    await create_line(invoiced, name="A", quantity=2)
    await create_line(invoiced, name="C", metadata={"k": "v"})
    answer = await invoiced.get(f"{LINES}?{query}")

    assert "".join(line["name"] for line in answer.json()) == names
    assert answer.headers["X-Total-Count"] == str(len(names))


async def test_what_a_line_sells_stays(invoiced: httpx.AsyncClient) -> None:
    """Another item answers 400, an unknown one on create too."""
    await create(invoiced)
    await create_item(invoiced, id="sku")
    await create_line(invoiced)
    for method, path in (("PATCH", f"{LINES}/1"), ("POST", LINES)):
        answer = await invoiced.request(method, path, json={"catalog_item": "none"})
        assert (answer.status_code, answer.json()["param"]) == (400, "catalog_item")


async def test_all_of_them_become_an_invoice(invoiced: httpx.AsyncClient) -> None:
    """The invoice is issued and has this customer's lines with all they had; none is pending any more."""
    await create(invoiced, payment_terms="NET 7")
    await create(invoiced)
    first = await create_line(invoiced, unit_cost="0.1", metadata={"k": "v"})
    await create_line(invoiced, 2)
    await create_line(invoiced, unit_cost="0.2", discounts=[{"amount": "0.05"}])
    answer = await invoiced.post(BILL, json={"purchase_order": "PO"})
    invoice = answer.json()
    first.pop("customer")

    assert (answer.status_code, invoice["status"], invoice["purchase_order"]) == (201, "not_sent", "PO")
    assert [line["id"] for line in invoice["items"]] == [1, 3]
    assert invoice["items"][0]["metadata"] == {"k": "v"}
    assert set(invoice["items"][0]) == set(SHOWN.split())
    assert '"subtotal":0.3,' in answer.text
    assert '"total":0.25,' in answer.text
    assert (await invoiced.get(LINES)).json() == []
    assert len((await invoiced.get("/customers/2/line_items")).json()) == 1
    assert (await invoiced.get("/invoices/1")).json() == invoice


async def test_without_lines_there_is_nothing_to_bill(invoiced: httpx.AsyncClient) -> None:
    """No pending line, no invoice: 400; a refused one leaves the lines pending; a draft is one if asked for."""
    await create(invoiced, credit_hold=True)
    none = await invoiced.post(BILL)
    await create_line(invoiced)
    await switch(invoiced, billed_lines_vanish_silently=False)
    held = await invoiced.post(BILL)
    await invoiced.patch("/customers/1", json={"credit_hold": False})
    kept = len((await invoiced.get(LINES)).json())
    draft = await invoiced.post(BILL, json={"draft": True})

    assert (none.status_code, held.status_code, kept) == (400, 400, 1)
    assert (draft.json()["draft"], draft.json()["status"]) == (True, "draft")
    assert (await told(invoiced, "line_item"))[0]["type"] == "line_item.deleted"
    assert len(await told(invoiced, "invoice")) == 1
