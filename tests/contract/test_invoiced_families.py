"""Customers of the Invoiced simulator among each other: parents, deletes, merges, and what they owe."""

import httpx

from tests.contract.invoiced_records import create


async def test_parents_form_a_tree_of_five_levels(invoiced: httpx.AsyncClient) -> None:
    """A sixth level and a circle are refused, from above and from below."""
    for level in range(1, 6):
        await create(invoiced, parent_customer=level - 1 or None)
    sixth = await invoiced.post("/customers", json={"name": "F", "parent_customer": 5})
    circle = await invoiced.patch("/customers/1", json={"parent_customer": 5})
    top = await create(invoiced)
    pushed = await invoiced.patch("/customers/1", json={"parent_customer": top["id"]})

    assert [each.status_code for each in (sixth, circle, pushed)] == [400, 400, 400]
    assert (await invoiced.get("/customers/5?expand=parent_customer")).json()["parent_customer"]["id"] == 4


async def test_delete_removes_and_orphans(invoiced: httpx.AsyncClient) -> None:
    """A deleted customer is gone for good: 404, its id is not given again, its children lose their parent."""
    await create(invoiced)
    await create(invoiced, parent_customer=1)
    deleted = await invoiced.delete("/customers/1")

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await invoiced.get("/customers/1")).status_code == 404
    assert (await invoiced.delete("/customers/1")).status_code == 404
    assert (await invoiced.get("/customers/2")).json()["parent_customer"] is None
    assert (await create(invoiced))["id"] == 3


async def test_a_customer_with_transactions_stays(invoiced: httpx.AsyncClient) -> None:
    """The metadata key `sandbox_transactions` makes a customer undeletable, without an invoice too."""
    await create(invoiced, metadata={"sandbox_transactions": True})
    refused = await invoiced.delete("/customers/1")

    assert refused.status_code == 400
    assert (await invoiced.patch("/customers/1", json={"active": False})).json()["active"] is False


async def test_merge_leaves_one(invoiced: httpx.AsyncClient) -> None:
    """The loser disappears, its children move to the winner, the event holds the winner."""
    await create(invoiced, name="Winner")
    await create(invoiced, name="Loser")
    await create(invoiced, name="Child", parent_customer=2)
    merged = await invoiced.post("/customers/1/merge", json={"customer": 2})
    event = (await invoiced.get("/events?filter[type]=customer.merged")).json()[0]

    assert (merged.status_code, merged.json()["name"]) == (200, "Winner")
    assert (await invoiced.get("/customers/2")).status_code == 404
    assert (await invoiced.get("/customers/3")).json()["parent_customer"] == 1
    assert event["data"]["object"]["id"] == 1
    assert (await invoiced.post("/customers/1/merge", json={"customer": 1})).status_code == 400
    assert (await invoiced.post("/customers/1/merge", json={"customer": 2})).status_code == 404


async def test_balance_is_nothing_owed(invoiced: httpx.AsyncClient) -> None:
    """Without invoices a customer owes nothing, in its currency."""
    await create(invoiced, currency="nok")

    assert (await invoiced.get("/customers/1/balance")).json() == {
        "currency": "nok",
        "available_credits": 0,
        "due_now": 0,
        "history": [],
        "past_due": False,
        "total_outstanding": 0,
    }
    assert (await invoiced.get("/customers/2/balance")).status_code == 404
