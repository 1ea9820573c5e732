"""What belongs to a customer of the Invoiced simulator when that is deleted or merged."""

import httpx

from tests.contract.invoiced_records import create, create_invoice, create_line, switch, told


async def fill(invoiced: httpx.AsyncClient) -> None:
    """Two customers; the second has an invoice, a payment of it in part, and a pending line."""
    await create(invoiced)
    await create(invoiced)
    await create_invoice(invoiced, 2)
    await invoiced.post("/invoices/1/pay", json={"amount": 4})
    await create_line(invoiced, 2)


async def test_a_customer_with_invoices_stays(invoiced: httpx.AsyncClient) -> None:
    """It cannot be deleted, nor one with payments alone; pending lines go with one that has neither."""
    await fill(invoiced)
    await create_line(invoiced)
    refused = await invoiced.delete("/customers/2")
    gone = await invoiced.delete("/customers/1")
    await invoiced.post("/payments", json={"customer": (await create(invoiced))["id"], "amount": 1})
    paying = await invoiced.delete("/customers/3")
    await create_invoice(invoiced, (await create(invoiced))["id"], draft=True)
    drafted = await invoiced.delete("/customers/4")

    assert [each.status_code for each in (refused, gone, paying, drafted)] == [400, 204, 400, 400]
    assert (await invoiced.get("/invoices/1")).status_code == 200
    assert (await told(invoiced, "line_item"))[0]["type"] == "line_item.deleted"


async def test_a_customer_may_take_all_with_it(invoiced: httpx.AsyncClient) -> None:
    """Where nothing keeps a customer, its invoices, payments and lines go first, each told with the customer."""
    await fill(invoiced)
    await switch(invoiced, delete_refused=False)
    await invoiced.delete("/customers/2")
    events = (await invoiced.get("/events?per_page=4")).json()

    assert [event["type"] for event in events] == [
        "customer.deleted",
        "invoice.deleted",
        "payment.deleted",
        "line_item.deleted",
    ]
    assert events[1]["data"]["object"]["customer"]["id"] == 2
    for path in ("/invoices", "/payments"):
        assert (await invoiced.get(path)).json() == []


async def test_a_merge_moves_them_to_the_winner(invoiced: httpx.AsyncClient) -> None:
    """They keep their ids and amounts, name the winner, and each says whose it was."""
    await fill(invoiced)
    await invoiced.post("/customers/1/merge", json={"customer": 2})
    invoice = (await invoiced.get("/invoices?filter[customer]=1")).json()[0]
    event = (await told(invoiced, "invoice"))[0]
    payment = (await invoiced.get("/payments/1")).json()

    assert (invoice["id"], invoice["customer"], invoice["balance"], payment["customer"]) == (1, 1, 6, 1)
    assert (event["type"], event["data"]["previous"]) == ("invoice.updated", {"customer": 2})
    assert event["data"]["object"]["customer"]["id"] == 1
    assert [line["id"] for line in (await invoiced.get("/customers/1/line_items")).json()] == [2]
    assert (await invoiced.get("/customers/2/line_items")).status_code == 404
