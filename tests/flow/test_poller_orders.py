"""The CRM's orders with their lines: published typed and whole, a line's edit is a version, a wrong line harms no other."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.connector_rig import crm
from tests.flow.otherwise import Otherwise
from tests.flow.poller_rig import PollerRig

LINES = [
    {"Name": "Pump", "Quantity": "2.0", "UnitPrice": "1249.90"},
    {"Name": "Freight", "Quantity": "0.5", "UnitPrice": "0.1275", "IsTaxable": False},
]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller of orders that has not read anything yet, before a CRM with one line that may be shown wrong."""
    seen = Otherwise.of(crm(), old='"Quantity":"77"', new='"Quantity":["77"]')
    made = await PollerRig(tmp_path, seen, "crm", entities=("order",)).open()
    assert (await made.system.user.post("/customers", json={"Name": "Acme"})).json()["Id"] == "CUS00000001"
    yield made
    await made.close()


async def add(rig: PollerRig, **fields: Any) -> dict[str, Any]:
    answer = await rig.system.user.post("/orders", json={"CustomerId": "CUS00000001", "Lines": LINES, **fields})  # fmt: skip
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def edit(rig: PollerRig, order: dict[str, Any], **fields: Any) -> None:
    answer = await rig.system.user.patch(f"/orders/{order['Id']}", json=fields)
    assert answer.is_success, answer.text


def rows(rig: PollerRig) -> list[dict[str, Any]]:
    """What other teams read of each version."""
    values = [raw.value for raw in rig.log.read("crm.order") if raw.value is not None]
    return [rig.codec._reader(value).row(value)["after"] for value in values]


async def test_an_order_is_published_typed_and_comes_back_exactly(rig: PollerRig) -> None:
    """Money of each line is a decimal for every reader, and the image is what the API shows, zeros included."""
    order = await add(rig, OrderDate="2026-01-02T03:04:05.678Z", ShippingAddress={"City": "Oslo"})
    await rig.scan()

    (change,), (row,) = rig.changes(), rows(rig)
    image = dict(change.after or {})
    assert {name: image[name] for name in order if name != "ShippingAddress"} == {
        name: value for name, value in order.items() if name != "ShippingAddress"
    }
    assert image["ShippingAddress.City"] == "Oslo"
    assert [int.from_bytes(line["UnitPrice"], "big") for line in row["Lines"]] == [
        12499 * 10**9,
        1275 * 10**6,
    ]
    assert [line["extra"] for line in row["Lines"]] == [{"Quantity": '"2.0"', "UnitPrice": '"1249.90"'}, {}]
    assert row["OrderDate"] == 1_767_323_045_678


async def test_an_edit_of_a_line_is_a_version(rig: PollerRig) -> None:
    """A new quantity, another order of the lines, a line less: each is a version that names the list."""
    order = await add(rig)
    one, two = order["Lines"]
    await rig.poller.round()
    for lines in (
        [{"LineId": one["LineId"], "Quantity": "3"}, {"LineId": two["LineId"]}],
        [{"LineId": two["LineId"]}, {"LineId": one["LineId"]}],
        [{"LineId": one["LineId"]}],
    ):
        await edit(rig, order, Lines=lines)
        await rig.poller.round()

    assert [change.changed for change in rig.changes()][1:] == [("Lines",)] * 3
    assert [[line["Name"] for line in row["Lines"]] for row in rows(rig)][1:] == [
        ["Pump", "Freight"], ["Freight", "Pump"], ["Pump"],
    ]  # fmt: skip


async def test_an_address_that_is_not_there_is_empty(rig: PollerRig) -> None:
    """A field of the address is empty, not unknown, while the address is null."""
    order = await add(rig)
    await rig.poller.round()
    await edit(rig, order, ShippingAddress={"City": "Oslo"})
    await rig.poller.round()
    await edit(rig, order, ShippingAddress=None)
    await rig.poller.round()

    assert [(change.after or {})["ShippingAddress.City"] for change in rig.changes()] == [None, "Oslo", None]
    assert [change.changed for change in rig.changes()][1:] == [("ShippingAddress.City",)] * 2


async def test_an_archived_order_is_an_update(rig: PollerRig) -> None:
    """A deleted order shows IsDeleted; it is neither a delete nor a tombstone."""
    order = await add(rig)
    await rig.poller.round()
    assert (await rig.system.user.delete(f"/orders/{order['Id']}")).is_success
    await rig.poller.round()

    assert [(change.op, change.changed) for change in rig.changes()][1:] == [("u", ("IsDeleted",))]
    assert rig.tombstones() == []


async def test_a_wrong_line_harms_no_other_order(rig: PollerRig) -> None:
    """A quantity that is a list: the order is listed with the line's place, its neighbour is published."""
    odd = await add(rig, Lines=[LINES[0], {"Name": "Odd", "Quantity": "77"}])
    right = await add(rig)
    await rig.scan()
    await rig.poller.round()

    assert [change.ref for change in rig.changes()] == [f"crm:order:{right['Id']}"]
    assert [(one.ref, one.cause) for one in rig.unreadable()] == [
        (f"crm:order:{odd['Id']}", "Lines[1].Quantity is list ['77'], expected str or int or Decimal")
    ]
    await edit(rig, odd, Lines=LINES)
    await rig.poller.round()
    assert sorted(change.ref for change in rig.changes()) == [
        f"crm:order:{one['Id']}" for one in (odd, right)
    ]
