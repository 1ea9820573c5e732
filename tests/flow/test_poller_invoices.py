"""Invoiced's invoices with their lines: published typed and whole, a line's edit is a version, a wrong line harms no other."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flow.connector_rig import invoiced
from tests.flow.otherwise import Otherwise
from tests.flow.poller_rig import PollerRig

LINES = [
    {"name": "Pump", "quantity": 2, "unit_cost": 1249.9, "metadata": {"tandem_line": "a"}},
    {"name": "Freight", "description": "By sea", "quantity": 0.5, "unit_cost": 0.1275, "taxable": False},
]


@pytest.fixture
def seen() -> Otherwise:
    """Invoiced as Tandem sees it: as it is, until a test says otherwise."""
    return Otherwise.of(invoiced())


@pytest.fixture
async def rig(tmp_path: Path, seen: Otherwise) -> AsyncIterator[PollerRig]:
    """A poller of invoices that has not read anything yet, and a customer who may get some."""
    made = await PollerRig(tmp_path, seen, "invoiced", entities=("invoice",)).open()
    assert (await seen.user.post("/customers", json={"name": "Acme"})).json()["id"] == 1
    yield made
    await made.close()


async def add(rig: PollerRig, **fields: Any) -> int:
    answer = await rig.system.user.post("/invoices", json={"customer": 1, "items": LINES, **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def shown(rig: PollerRig, number: int) -> dict[str, Any]:
    answer = await rig.system.user.get(f"/invoices/{number}")
    found: dict[str, Any] = json.loads(answer.text, parse_float=Decimal)
    return found


async def edit(rig: PollerRig, number: int, **fields: Any) -> None:
    answer = await rig.system.user.patch(f"/invoices/{number}", json=fields)
    assert answer.is_success, answer.text


def rows(rig: PollerRig) -> list[dict[str, Any]]:
    """What other teams read of each version."""
    values = [raw.value for raw in rig.log.read("invoiced.invoice") if raw.value is not None]
    return [rig.codec._reader(value).row(value)["after"] for value in values]


async def test_an_invoice_is_published_typed_and_comes_back_exactly(rig: PollerRig) -> None:
    """Every line is a record with its numbers as decimals, and the image is what the API shows, name by name."""
    number = await add(rig, ship_to={"name": "Yard", "city": "Oslo"}, metadata={"crm_id": "x"})
    await rig.scan()

    (change,), (row,) = rig.changes(), rows(rig)
    image, api = dict(change.after or {}), await shown(rig, number)
    assert (image["items"], image["customer"]) == (api["items"], 1)
    assert (image["ship_to.city"], image["metadata.crm_id"]) == ("Oslo", "x")
    assert api.keys() - image.keys() == {"ship_to", "metadata"}
    assert [int.from_bytes(line["unit_cost"], "big") for line in row["items"]] == [
        12499 * 10**9,
        1275 * 10**6,
    ]
    assert row["items"][0]["extra"] == {"metadata": '{"tandem_line":"a"}'}
    assert {name.partition(".")[0] for name in row["extra"]} == {
        "ship_to", "metadata", "subscription_id", "chase", "late_fees", "needs_attention",
    }  # fmt: skip


async def test_an_edit_of_a_line_is_a_version(rig: PollerRig) -> None:
    """A line's new quantity changes `items` and what Invoiced computes of it; a note on a line changes `items` alone."""
    number = await add(rig)
    await rig.poller.round()
    one, two = (await shown(rig, number))["items"]
    await edit(rig, number, items=[{"id": one["id"], "quantity": 3}, {"id": two["id"]}])
    await rig.poller.round()
    await edit(rig, number, items=[{"id": one["id"], "description": "Blue"}, {"id": two["id"]}])
    await rig.poller.round()
    await edit(rig, number, items=[{"id": one["id"]}])
    await rig.poller.round()

    computed = ("balance", "items", "subtotal", "total")
    assert [change.changed for change in rig.changes()][1:] == [computed, ("items",), computed]
    assert [len(row["items"]) for row in rows(rig)] == [2, 2, 2, 1]


async def test_a_touched_list_is_no_version(rig: PollerRig) -> None:
    """The same lines written once more: new stamps at most, nothing to tell."""
    await rig.system.switch("invoiced.noop_keeps_updated_at", on=False)
    number = await add(rig)
    await rig.poller.round()
    await rig.system.clock(5)
    lines = (await shown(rig, number))["items"]
    await edit(rig, number, items=[{"id": line["id"]} for line in lines])
    await rig.poller.round()

    assert len(rig.changes()) == 1


async def test_an_address_that_is_taken_away_is_empty(rig: PollerRig) -> None:
    """The fields of `ship_to` are empty when it is null, and filled when it comes back."""
    number = await add(rig, ship_to={"city": "Oslo"})
    await rig.poller.round()
    await edit(rig, number, ship_to=None)
    await rig.poller.round()
    await edit(rig, number, ship_to={"city": "Bergen"})
    await rig.poller.round()

    assert [(change.after or {})["ship_to.city"] for change in rig.changes()] == ["Oslo", None, "Bergen"]
    assert [change.changed for change in rig.changes()][1:] == [("ship_to.city",), ("ship_to.city",)]


async def test_a_voided_invoice_is_an_update(rig: PollerRig) -> None:
    """Void shows as a status and an empty balance; it is neither a delete nor a tombstone."""
    number = await add(rig, draft=False)
    await rig.poller.round()
    assert (await rig.system.user.post(f"/invoices/{number}/void")).is_success
    await rig.poller.round()

    last = rig.changes()[-1]
    assert (last.op, (last.after or {})["status"], (last.after or {})["balance"]) == ("u", "voided", 0)
    assert {"balance", "status"} <= set(last.changed)
    assert rig.tombstones() == []


async def test_a_delete_is_confirmed(rig: PollerRig) -> None:
    """The feed names a deleted invoice; after a second 404 a round later it is a change, then a tombstone."""
    number = await add(rig)
    await rig.rounds(2)
    assert (await rig.system.user.delete(f"/invoices/{number}")).is_success
    await rig.poller.round()
    assert [change.op for change in rig.changes()] == ["c"]
    await rig.rounds(2)

    assert [change.op for change in rig.changes()] == ["c", "d"]
    assert rig.tombstones() == [f"invoiced:invoice:{number}"]


async def pay(rig: PollerRig, number: int) -> None:
    balance = float((await shown(rig, number))["balance"])
    applied = [{"type": "invoice", "invoice": number, "amount": balance}]
    paid = {"customer": 1, "amount": balance, "applied_to": applied}
    assert (await rig.system.user.post("/payments", json=paid)).is_success


@pytest.mark.parametrize(
    ("moves", "told"), [(True, "invoice.updated"), (False, "invoice.updated"), (False, "invoice.paid")]
)
async def test_a_payment_is_seen(rig: PollerRig, seen: Otherwise, *, moves: bool, told: str) -> None:
    """A paid invoice shows so in the next round: its stamp moves, or an event of whatever type tells of it."""
    await rig.system.switch("invoiced.payment_moves_updated_at", on=moves)
    seen.told = ('"type":"invoice.updated"', f'"type":"{told}"')
    number = await add(rig, draft=False)
    await rig.poller.round()
    await rig.system.clock(60)
    await rig.rounds(2)
    await pay(rig, number)
    await rig.poller.round()

    (change,) = rig.changes()[1:]
    assert {"balance", "paid", "status"} <= set(change.changed)
    assert (change.after or {})["paid"] is True


async def test_what_is_told_beyond_a_round_is_read_in_the_next(
    rig: PollerRig, seen: Otherwise, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More payments than a round reads one by one, none of which moves a stamp: none of them is forgotten."""
    monkeypatch.setattr("connectors.live.HINTS_A_ROUND", 2)
    await rig.system.switch("invoiced.payment_moves_updated_at", on=False)
    numbers = [await add(rig, draft=False) for _ in range(5)]
    await rig.poller.round()
    await rig.system.clock(60)
    await rig.rounds(2)
    for number in numbers:
        await pay(rig, number)
    passed, told = len(rig.passed()), []
    for _ in range(3):
        await rig.poller.round()
        told.append((len(rig.changes()) - 5, len(rig.passed()) - passed))

    assert told == [(2, 0), (4, 0), (5, 1)], "more versions than were read, or a round that passed too early"
    paid = {change.ref for change in rig.changes() if (change.after or {})["paid"] is True}
    assert paid == {f"invoiced:invoice:{number}" for number in numbers}


async def test_a_customer_shown_whole_is_an_id(rig: PollerRig, seen: Otherwise) -> None:
    """An API that expands the customer everywhere: the same images, and the customer's own edit is no version."""
    seen.query = "expand=customer"
    number = await add(rig)
    await rig.poller.round()
    assert isinstance((await seen.tandem_http.get(f"/invoices/{number}")).json()["customer"], dict)
    await seen.user.patch("/customers/1", json={"name": "Acme AS"})
    await rig.scan()

    assert [(change.after or {})["customer"] for change in rig.changes()] == [1]
    assert not [name for name in rig.changes()[0].after or {} if name.startswith("customer.")]


async def test_a_wrong_line_harms_no_other_invoice(rig: PollerRig, seen: Otherwise) -> None:
    """A quantity that is a text: the invoice is listed with the line's place, its neighbour is published."""
    seen.told = ('"quantity":77', '"quantity":"77"')
    number = await add(rig, items=[LINES[0], {"name": "Odd", "quantity": 77}])
    right = await add(rig)
    await rig.scan()
    await rig.poller.round()

    assert [change.ref for change in rig.changes()] == [f"invoiced:invoice:{right}"]
    assert [(one.ref, one.cause) for one in rig.unreadable()] == [
        (f"invoiced:invoice:{number}", "items[1].quantity is str '77', expected int or Decimal")
    ]
    seen.told = ("", "")
    await edit(rig, number, name="Mended")
    await rig.poller.round()
    assert sorted(change.ref for change in rig.changes()) == [
        f"invoiced:invoice:{one}" for one in (number, right)
    ]
