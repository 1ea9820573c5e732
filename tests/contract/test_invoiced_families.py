"""Customers of the Invoiced simulator among each other: parents, deletes, merges, and what they owe."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.invoiced import create_app


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
    return dict(answer.json())


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
