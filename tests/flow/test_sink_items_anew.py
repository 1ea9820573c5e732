"""An item that is made anew is never lost: crashes, lost answers, later commands and users in the gap."""

import asyncio

import msgspec
import pytest

from connectors.errors import LeaseError
from tests.flow import item_rig
from tests.flow.interruptions import Interruptions, When, die
from tests.flow.item_rig import REF, WHOLE, cut_off, item, price
from tests.flow.sink_rig import SinkRig

rig, wire = item_rig.rig, item_rig.wire


@pytest.mark.parametrize(
    ("method", "when", "after"),
    [
        ("GET", "before", ["GET", "GET", "DELETE", "POST"]),
        ("GET", "after", ["GET", "GET", "DELETE", "POST"]),  # before the note
        ("DELETE", "before", ["GET", "DELETE", "POST"]),  # noted, not deleted
        ("DELETE", "after", ["GET", "POST"]),  # deleted, nobody knows
        ("POST", "before", ["GET", "POST"]),
        ("POST", "after", ["GET"]),  # made anew, nobody knows
    ],
)
async def test_a_crash_leaves_the_item_whole(
    rig: SinkRig, wire: Interruptions, method: str, when: When, after: list[str]
) -> None:
    """Killed at any point, the same command delivered again: the new price, and everything else as it was."""
    wire.plan(method, when, die)
    command = price(rig)
    rig.hand(command)
    await rig.died(LeaseError)
    before = len(await rig.methods())
    await rig.open(epoch=3)
    result = await rig.send(command)

    assert (result.outcome, (await rig.methods())[before:]) == ("done", after)
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5}


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
async def test_a_lost_answer_leaves_the_item_whole(rig: SinkRig, method: str) -> None:
    """The request was carried out, its answer lost: a look tells what is left to do."""
    await rig.system.fault(kind="lose_response", method=method, path="/items", actor="tandem")
    result = await rig.send(price(rig))

    assert result.outcome == "done"
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5}


async def test_a_normalised_price_is_told(rig: SinkRig) -> None:
    """The answer of the POST is lost and the API has rounded: ours, listed as normalised."""
    await rig.system.fault(kind="normalise", method="POST", field="unit_cost", how="round:0")
    await rig.system.fault(kind="lose_response", method="POST", path="/items", actor="tandem")
    result = await rig.send(price(rig, "7.4"))

    assert (result.outcome, result.normalised) == ("done", ("unit_cost",))


async def test_a_later_price_takes_the_note_over(rig: SinkRig, wire: Interruptions) -> None:
    """Cut off after the delete, then another price is wanted: the item is made anew with that one, whole."""
    await cut_off(rig, wire)
    result = await rig.send(price(rig, "9"))

    assert result.outcome == "done"
    assert await item(rig) == {**WHOLE, "unit_cost": 9}


async def test_a_later_name_takes_the_note_over(rig: SinkRig, wire: Interruptions) -> None:
    """Cut off after the delete, then only a name is wanted, and that is cut off as well: whole, with the old price."""
    await cut_off(rig, wire)
    wire.plan("POST", "before", die)
    later = rig.command(ref=REF, values={"name": "Gadget"}, expected={"name": "Widget"})
    rig.hand(later)
    await rig.died(LeaseError)
    await rig.open(epoch=4)
    result = await rig.send(later)

    assert result.outcome == "done"
    assert await item(rig) == {**WHOLE, "name": "Gadget"}


async def test_a_delete_after_a_cut_stays_deleted(rig: SinkRig, wire: Interruptions) -> None:
    """Cut off after the delete, then the item is to be deleted: it is, and nobody brings it back."""
    await cut_off(rig, wire)
    result = await rig.send(rig.command("delete", ref=REF, expected={"unit_cost": 5}))

    assert (result.outcome, rig.memory.noting(REF)) == ("done", None)
    assert (await rig.system.user.get("/items/blue")).status_code == 404


async def test_a_wish_that_has_vanished_brings_the_item_back(rig: SinkRig, wire: Interruptions) -> None:
    """Cut off after the delete, and no command comes any more: whoever misses the item has it brought back as it was."""
    await cut_off(rig, wire)
    assert rig.memory.noting(REF) == "link"
    rig.sinker.mend("link", REF)
    async with asyncio.timeout(10):
        while rig.memory.noting(REF) is not None:
            await rig.log.grown()

    assert await item(rig) == WHOLE
    assert rig.results() == []


async def test_what_is_held_keeps_the_note(rig: SinkRig, wire: Interruptions) -> None:
    """Cut off after the delete, then the direction is closed: the later command is held, the note stays open."""
    await cut_off(rig, wire)
    await rig.gate(state="paused")
    result = await rig.send(price(rig, "9"))

    assert (result.outcome, rig.memory.noting(REF)) == ("held", "link")


async def test_a_pause_in_the_gap_waits_for_the_item(rig: SinkRig, wire: Interruptions) -> None:
    """The direction is closed between delete and create, and the create fails at first: it is finished all the same."""
    wire.plan("DELETE", "after", lambda: rig.gate(state="paused"))
    await rig.system.fault(kind="error", status=503, method="POST", actor="tandem")
    result = await rig.send(price(rig))

    assert result.outcome == "done"
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5}


async def test_an_outage_in_the_gap_is_made_good(rig: SinkRig) -> None:
    """The create fails until the tries are over: the command is tried again later, and the item is whole."""
    await rig.system.fault(kind="error", status=503, method="POST", actor="tandem", times=6)
    command = price(rig)
    first = await rig.send(command)
    assert (first.outcome, rig.memory.noting(REF)) == ("retry_at", "link")
    again = msgspec.structs.replace(command, again=True)
    while (result := await rig.send(again)).outcome == "retry_at":
        pass

    assert result.outcome == "done"
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5}


@pytest.mark.parametrize("refusals_are_400", [True, False])
async def test_an_id_taken_in_the_gap_is_left_alone(
    rig: SinkRig, wire: Interruptions, refusals_are_400: bool
) -> None:
    """A user makes an item of that id between delete and create: it stands as the user made it, sync decides."""
    await rig.system.switch("invoiced.refusals_are_400", on=refusals_are_400)
    theirs = {"id": "blue", "name": "Theirs", "unit_cost": 99}
    wire.plan("POST", "before", lambda: rig.system.user.post("/items", json=theirs))
    result = await rig.send(price(rig))

    assert (result.outcome, (result.image or {})["unit_cost"]) == ("stale", 99)
    assert (await item(rig))["name"] == "Theirs"
    assert rig.memory.noting(REF) is None


async def test_an_id_taken_after_a_crash_is_left_alone(rig: SinkRig, wire: Interruptions) -> None:
    """Cut off after the delete, and a user makes an item of that id before the restart: it stands."""
    await cut_off(rig, wire)
    theirs = {"id": "blue", "name": "Theirs", "unit_cost": 99}
    assert (await rig.system.user.post("/items", json=theirs)).is_success
    result = await rig.send(price(rig))

    assert (result.outcome, (await item(rig))["name"]) == ("stale", "Theirs")


async def test_an_item_a_user_deletes_stays_deleted(rig: SinkRig, wire: Interruptions) -> None:
    """A user deletes the item between our look and our delete: it is gone, and is not brought back."""
    wire.plan("DELETE", "before", lambda: rig.system.user.delete("/items/blue"))
    result = await rig.send(price(rig))

    assert (result.outcome, rig.memory.noting(REF)) == ("gone", None)
    assert (await rig.system.user.get("/items/blue")).status_code == 404
