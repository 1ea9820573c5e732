"""The Invoiced poller against the simulator: what it publishes, what it asks for, and what it never misses."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.connector_rig import System, invoiced
from tests.flow.poller_rig import PollerRig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller that has not read anything yet."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced").open()
    yield made
    await made.close()


async def add(system: System, name: str, **fields: object) -> int:
    answer = await system.user.post("/customers", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def edit(rig: PollerRig, number: int, **fields: Any) -> None:
    assert (await rig.system.user.patch(f"/customers/{number}", json=fields)).is_success


async def test_backfill_and_quiet_rounds(rig: PollerRig) -> None:
    """A scan publishes each record once; ten rounds over unchanged records cost two requests each."""
    for number in range(250):  # all within a second or two: whole pages share one stamp
        await add(rig.system, f"Customer {number}", number=f"C{number}")
    await rig.scan()
    assert len({change.ref for change in rig.changes()}) == len(rig.changes()) == 250
    assert {change.op for change in rig.changes()} == {"r"}
    await rig.system.clock(10)
    await rig.poller.round()
    before = len(await rig.system.requests())

    await rig.rounds(10)

    assert len(await rig.system.requests()) - before == 20
    assert len(rig.changes()) == 250
    assert rig.passed()[-1].complete


@pytest.mark.parametrize(
    "switch",
    [
        "updated_after_exclusive",
        "updated_before_known",
        "ties_by_id",
        "default_order_is_id",
        "per_page_clamped",
    ],
)
async def test_a_scan_is_complete_whatever_the_api_does(rig: PollerRig, switch: str) -> None:
    """Each doubt about lists in its other position: still every record, once."""
    await rig.system.switch(f"invoiced.{switch}", on=False)
    for number in range(220):
        await add(rig.system, f"Customer {number}")

    await rig.scan()
    await rig.poller.round()

    assert len({change.ref for change in rig.changes()}) == len(rig.changes()) == 220


async def test_an_edit_is_published_with_before_after_and_changed(rig: PollerRig) -> None:
    """An edit appears in the next round with both images and the names that differ, noise left out."""
    number = await add(rig.system, "Acme", number="A1", metadata={"fax": "1"})
    await rig.poller.round()
    await edit(rig, number, name="Acme AS", metadata={})
    await rig.poller.round()

    first, second = rig.changes()
    assert (first.op, second.op) == ("c", "u")
    assert second.changed == ("metadata.fax", "name")
    assert (second.before or {})["name"] == "Acme"
    assert (second.after or {})["name"] == "Acme AS"
    assert (second.after or {})["metadata.fax"] is None
    assert second.version > first.version


async def test_a_touch_is_not_published(rig: PollerRig) -> None:
    """A change of nothing but the stamp is noise."""
    await rig.system.switch("invoiced.noop_keeps_updated_at", on=False)
    number = await add(rig.system, "Acme")
    await rig.poller.round()
    await rig.system.clock(5)
    await edit(rig, number, name="Acme")
    await rig.poller.round()

    assert len(rig.changes()) == 1


async def test_a_restart_publishes_nothing_again(rig: PollerRig) -> None:
    """The shadow comes back from the topic, the cursor from its own: a new start finds nothing new."""
    for number in range(30):
        await add(rig.system, f"Customer {number}")
    await rig.scan()
    await rig.poller.round()
    await rig.close()

    await rig.open(epoch=2)
    await rig.rounds(2)

    assert len(rig.changes()) == 30
    assert rig.bookmark.reading.complete


@pytest.mark.parametrize("known", [True, False])
async def test_a_delete_is_published_after_two_misses(rig: PollerRig, known: bool) -> None:
    """The feed names a deleted record; it is gone after a second 404 a round later: a change, then a tombstone."""
    await rig.system.switch("invoiced.event_filters_known", on=known)
    number = await add(rig.system, "Acme")
    await rig.rounds(2)
    assert (await rig.system.user.delete(f"/customers/{number}")).is_success

    await rig.poller.round()
    assert [change.op for change in rig.changes()] == ["c"]
    await rig.rounds(2)

    assert [change.op for change in rig.changes()] == ["c", "d"]
    assert rig.tombstones() == [f"invoiced:customer:{number}"]


async def test_a_late_event_is_still_met(rig: PollerRig) -> None:
    """A delete whose event shows up late, behind newer ones, is handled all the same."""
    number = await add(rig.system, "Acme")
    await rig.rounds(2)
    await rig.system.fault(kind="late_event", method="DELETE", delay_ms=1)
    assert (await rig.system.user.delete(f"/customers/{number}")).is_success
    await add(rig.system, "Newer")
    await rig.system.clock(5)
    await rig.rounds(3)

    assert [change.op for change in rig.changes() if change.ref.endswith(f":{number}")] == ["c", "d"]


async def test_a_merge_is_found_by_a_scan(rig: PollerRig) -> None:
    """A merge's event names the winner only: it makes a scan due, which finds the loser missing."""
    winner, loser = await add(rig.system, "Winner"), await add(rig.system, "Loser")
    await rig.scan()
    await rig.poller.round()
    answer = await rig.system.user.post(f"/customers/{winner}/merge", json={"customer": loser})
    assert answer.is_success, answer.text
    await rig.poller.round()
    assert rig.bookmark.reading.scan_due is not None

    await rig.scan()
    await rig.rounds(2)

    assert [change.ref for change in rig.changes() if change.op == "d"] == [f"invoiced:customer:{loser}"]
    told = [(one.ref, one.page) for one in rig.unreadable()]
    assert told == [(f"invoiced:customer:{loser}", "merged")]


async def test_a_clock_set_back_loses_no_edit(rig: PollerRig) -> None:
    """Their clock goes back an hour: edits stamped in the past are found, a full scan is due."""
    number = await add(rig.system, "Acme")
    await rig.scan()
    await rig.poller.round()
    await rig.system.clock(-3600)
    await edit(rig, number, name="Acme AS")
    await rig.rounds(2)
    assert rig.bookmark.reading.scan_due is not None
    await rig.scan()
    await rig.rounds(2)
    await edit(rig, number, name="Acme ASA")
    await rig.poller.round()

    assert [(change.after or {})["name"] for change in rig.changes()][-2:] == ["Acme AS", "Acme ASA"]


async def test_an_unlisted_edit_is_read_by_its_id(rig: PollerRig) -> None:
    """Lists that leave out inactive customers: the event names the edit, the record is read by its id."""
    await rig.system.switch("invoiced.inactive_listed", on=False)
    number = await add(rig.system, "Acme")
    await rig.rounds(2)
    await rig.system.clock(5)
    await edit(rig, number, active=False)
    await rig.poller.round()

    assert rig.changes()[-1].changed == ("active",)


async def test_a_page_that_is_no_json_is_tried_again(rig: PollerRig) -> None:
    """Broken JSON twice: the third try brings the page, the round passes whole."""
    await add(rig.system, "Acme")
    await rig.system.fault(kind="bad_json", method="GET", path="/customers", actor="tandem", times=2)

    await rig.poller.round()

    assert len(rig.changes()) == 1


async def test_a_page_older_than_our_write_is_read_again(rig: PollerRig) -> None:
    """A page asked for before our own write ended says nothing about that record: it is read by its id."""
    number = await add(rig.system, "Acme")
    await rig.poller.round()
    await edit(rig, number, name="Acme AS")
    ref = f"invoiced:customer:{number}"
    rig.order._ended[ref] = rig.clock.now_ms() + 60_000

    await rig.poller.round()

    paths = [one["path"] for one in await rig.system.requests()]
    assert paths[-1] == f"/customers/{number}"
    assert len(rig.changes()) == 2
