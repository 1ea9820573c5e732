"""Invoiced's items: no events and no list of what has changed, so all of them are read each time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.missing import Asked
from tests.flow.connector_rig import invoiced
from tests.flow.poller_rig import PollerRig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller of items that has not read anything yet."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced", entities=("item",)).open()
    yield made
    await made.close()


async def add(rig: PollerRig, sku: str, **fields: Any) -> str:
    answer = await rig.system.user.post(
        "/items", json={"id": sku, "name": "Widget", "unit_cost": 5, **fields}
    )
    assert answer.status_code == 201, answer.text
    return f"invoiced:item:{sku}"


async def remove(rig: PollerRig, sku: str) -> None:
    assert (await rig.system.user.delete(f"/items/{sku}")).is_success


async def test_a_reading_is_a_round_a_backfill_and_a_scan(rig: PollerRig) -> None:
    """The first reading publishes every item of every page and is complete; the next ones publish nothing."""
    for number in range(130):
        await add(rig, f"sku-{number:03}")
    await rig.items.round()
    before = len(await rig.system.requests())
    await rig.items.round()

    assert len({change.ref for change in rig.changes()}) == len(rig.changes()) == 130
    assert {change.op for change in rig.changes()} == {"r"}
    assert [(one.complete, one.scan, one.published) for one in rig.passed()] == [
        (True, True, 130), (True, True, 0),
    ]  # fmt: skip
    assert [one.id for one in rig.begun()] == [one.begun for one in rig.passed()]
    assert len(await rig.system.requests()) - before == 2


async def test_an_edit_is_found_by_reading_all(rig: PollerRig) -> None:
    """An edit stands in the next reading, with the names that differ."""
    await add(rig, "blue")
    await rig.items.round()
    assert (await rig.system.user.patch("/items/blue", json={"name": "Gadget"})).is_success
    await rig.items.round()

    assert [(change.op, change.changed) for change in rig.changes()][1:] == [("u", ("name",))]


async def test_an_item_made_anew_is_one_change(rig: PollerRig) -> None:
    """A person's price change, seen between delete and create: no delete, then one update of the price."""
    await add(rig, "blue")
    await rig.items.round()
    await remove(rig, "blue")
    await rig.items.round()
    await rig.system.clock(3600)  # its day of birth is another one
    await add(rig, "blue", unit_cost=7)
    await rig.items.round()

    assert [(change.op, change.changed) for change in rig.changes()][1:] == [("u", ("unit_cost",))]
    assert rig.bookmark.reading.suspicions == ()


async def test_a_missing_item_is_gone_after_two_misses(rig: PollerRig) -> None:
    """Not in the list and twice 404: a delete and its tombstone, and it can be born again."""
    await add(rig, "blue")
    await add(rig, "red")
    await rig.items.round()
    await remove(rig, "blue")
    await rig.items.round()
    assert [change.op for change in rig.changes()] == ["r", "r"]
    await rig.items.round()

    assert [change.ref for change in rig.changes() if change.op == "d"] == ["invoiced:item:blue"]
    assert rig.tombstones() == ["invoiced:item:blue"]
    await add(rig, "blue")
    await rig.items.round()
    assert [change.op for change in rig.changes() if change.ref.endswith(":blue")] == ["r", "d", "c"]


async def test_two_misses_lie_apart(rig: PollerRig) -> None:
    """However many readings pass, an item is not gone before the time between two answers is over."""
    await rig.close()
    rig.confirm_s = 120.0
    await rig.open(epoch=2)
    await add(rig, "blue")
    await rig.items.round()
    await remove(rig, "blue")
    for _ in range(5):
        await rig.items.round()

    assert [change.op for change in rig.changes()] == ["r"]
    assert [one.ref for one in rig.bookmark.reading.suspicions] == ["invoiced:item:blue"]


async def test_what_we_make_anew_is_not_gone(rig: PollerRig) -> None:
    """While a replacement of ours is open, nobody finds the item gone; when it is closed, two misses count."""
    ref = await add(rig, "blue")
    await rig.items.round()
    await remove(rig, "blue")
    rig.replacing.add(ref)
    for _ in range(4):
        await rig.items.round()
    assert [change.op for change in rig.changes()] == ["r"]
    rig.replacing.clear()
    for _ in range(2):
        await rig.items.round()

    assert [change.op for change in rig.changes()] == ["r", "d"]


async def test_what_we_write_meanwhile_is_not_suspected(rig: PollerRig) -> None:
    """A reading that began before our write ended says nothing about that item."""
    ref = await add(rig, "blue")
    await rig.items.round()
    await remove(rig, "blue")
    with rig.order.writing(ref):
        await rig.items.round()

    assert rig.bookmark.reading.suspicions == ()


async def test_too_many_missing_are_listed(rig: PollerRig) -> None:
    """An API that shows a tenth of the items is not believed: it is told, nothing is suspected."""
    for number in range(30):
        await add(rig, f"sku-{number}")
    await rig.items.round()
    for number in range(20):
        await remove(rig, f"sku-{number}")
    await rig.items.round()

    assert rig.bookmark.reading.suspicions == ()
    assert [(one.page, one.count) for one in rig.unreadable()] == [("missing", 20)]


async def test_a_wish_begins_a_reading_at_once(rig: PollerRig) -> None:
    """`backfill start` does not wait for the interval, and is followed once; a stop stops nothing."""
    stopping = asyncio.Event()
    running = asyncio.create_task(rig.items.run(3600.0, stopping))
    async with asyncio.timeout(10):
        while not rig.passed():
            await rig.log.grown()
        rig.asked = Asked("wish 1", "start")
        while len(rig.passed()) < 2:
            await rig.log.grown()
    stopping.set()
    await running

    assert rig.bookmark.reading.asked == "wish 1"
    assert [rig.polling.streams["item"].live.wished(), len(rig.begun())] == [False, 2]
    rig.asked = Asked("wish 2", "stop")
    assert not rig.polling.streams["item"].live.wished()


async def test_a_reading_that_fails_is_no_round(rig: PollerRig) -> None:
    """A login that is refused: the round does not pass, nothing is complete, it is told; the next one passes."""
    await add(rig, "blue")
    await rig.system.fault(kind="error", status=403, method="GET", actor="tandem")
    await rig.items.round()
    assert (rig.passed(), rig.bookmark.reading.complete) == ([], False)
    assert [one.page for one in rig.unreadable()] == ["login"]
    await rig.items.round()

    assert [one.complete for one in rig.passed()] == [True]
