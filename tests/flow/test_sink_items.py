"""Writing Invoiced's items: what can be patched, what makes the item anew, what is refused, and creates."""

from decimal import Decimal

import pytest

from tests.flow import item_rig
from tests.flow.interruptions import Interruptions
from tests.flow.item_rig import REF, WHOLE, item, price
from tests.flow.sink_rig import SinkRig

rig, wire = item_rig.rig, item_rig.wire


async def test_what_can_be_patched_is_patched(rig: SinkRig) -> None:
    """A name and a custom field: a look, a PATCH with the metadata merged, no delete."""
    values = {"name": "Gadget", "metadata.shelf": "8"}
    result = await rig.send(
        rig.command(ref=REF, values=values, expected={"name": "Widget", "metadata.shelf": "7"})
    )

    assert (result.outcome, await rig.methods()) == ("done", ["GET", "PATCH"])
    assert await item(rig) == {**WHOLE, "name": "Gadget", "metadata": {"own": "kept", "shelf": "8"}}


async def test_a_price_change_makes_the_item_anew(rig: SinkRig) -> None:
    """Look, note, look, delete, create: the new price and name, every other field as it was, the note closed."""
    command = price(
        rig,
        values={"unit_cost": Decimal("7.5"), "name": "Gadget"},
        expected={"unit_cost": 5, "name": "Widget"},
    )
    result = await rig.send(command)

    assert (result.outcome, result.wrote, (result.image or {})["unit_cost"]) == ("done", True, Decimal("7.5"))
    assert await rig.methods() == ["GET", "GET", "DELETE", "POST"]
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5, "name": "Gadget"}
    assert rig.memory.noting(REF) is None


async def test_an_account_no_patch_takes_makes_the_item_anew(rig: SinkRig) -> None:
    """Whether a ledger account can be patched is not documented: where it is refused, the item is made anew with it."""
    await rig.system.switch("invoiced.item_accounting_writable", on=False)
    command = rig.command(ref=REF, values={"gl_account": "4000"}, expected={"gl_account": "3000"})
    result = await rig.send(command)

    assert (result.outcome, result.refused) == ("done", {})
    assert await rig.methods() == ["GET", "PATCH", "GET", "GET", "DELETE", "POST"]
    assert await item(rig) == {**WHOLE, "gl_account": "4000"}


async def test_a_refused_value_brings_the_item_back(rig: SinkRig) -> None:
    """The API names what it refuses: that is flagged, the rest of the command stands, the item is whole."""
    values = {"unit_cost": Decimal("7.5"), "currency": "crowns"}
    result = await rig.send(price(rig, values=values, expected={"unit_cost": 5, "currency": "nok"}))

    assert (result.outcome, list(result.refused)) == ("done", ["currency"])
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5}


async def test_a_refusal_without_a_name_brings_the_item_back(rig: SinkRig) -> None:
    """The API refuses the new item and does not say why: it comes back with what can be patched, the price is flagged."""
    await rig.system.fault(kind="error", status=400, method="POST", actor="tandem", message="not today")
    values = {"unit_cost": Decimal("7.5"), "name": "Gadget"}
    result = await rig.send(price(rig, values=values, expected={"unit_cost": 5, "name": "Widget"}))

    assert (result.outcome, list(result.refused)) == ("done", ["unit_cost"])
    assert await item(rig) == {**WHOLE, "name": "Gadget"}


async def test_an_item_that_is_refused_comes_back_as_it_was(rig: SinkRig) -> None:
    """Twice refused: nothing of the command is left, all of it is flagged, the item is as it was."""
    await rig.system.fault(
        kind="error", status=400, method="POST", actor="tandem", times=2, message="not today"
    )
    values = {"unit_cost": Decimal("7.5"), "name": "Gadget"}
    result = await rig.send(price(rig, values=values, expected={"unit_cost": 5, "name": "Widget"}))

    assert (result.outcome, sorted(result.refused)) == ("refused", ["name", "unit_cost"])
    assert "not today" in result.refused["unit_cost"]
    assert await item(rig) == WHOLE


async def test_a_delete_that_is_refused_changes_nothing(rig: SinkRig) -> None:
    """The item cannot be deleted: the price is flagged, the name is written."""
    await rig.system.fault(kind="error", status=400, method="DELETE", actor="tandem", message="in use")
    values = {"unit_cost": Decimal("7.5"), "name": "Gadget"}
    result = await rig.send(price(rig, values=values, expected={"unit_cost": 5, "name": "Widget"}))

    assert (result.outcome, list(result.refused)) == ("done", ["unit_cost"])
    assert await item(rig) == {**WHOLE, "name": "Gadget"}


async def test_a_price_somebody_changed_is_stale(rig: SinkRig) -> None:
    """The item shows another price than was expected: nothing is deleted."""
    result = await rig.send(price(rig, expected={"unit_cost": 4}))

    assert (result.outcome, await rig.methods()) == ("stale", ["GET"])


async def test_a_name_somebody_changed_is_stale(rig: SinkRig) -> None:
    """Nobody tells what a user enters in an item: it is looked at before a PATCH, and what stands there stays."""
    assert (await rig.system.user.patch("/items/blue", json={"name": "Theirs"})).is_success
    result = await rig.send(rig.command(ref=REF, values={"name": "Gadget"}, expected={"name": "Widget"}))

    assert (result.outcome, (result.image or {})["name"]) == ("stale", "Theirs")
    assert await rig.methods() == ["GET"]


async def test_a_create_carries_its_id(rig: SinkRig) -> None:
    """An item is created under the given id after a look at that id; our cross-reference stands in it."""
    values = {"id": "red", "name": "Red", "unit_cost": Decimal("1.25")}
    result = await rig.send(rig.command("create", values=values, keys={"id": "red"}, xref="crm:product:9"))

    assert (result.outcome, result.ref, await rig.methods()) == ("done", "invoiced:item:red", ["GET", "POST"])
    assert (await rig.system.user.get("/items/red")).json()["metadata"] == {"crm_id": "crm:product:9"}


async def test_a_create_with_a_lost_answer_is_made_once(rig: SinkRig) -> None:
    """The answer of the POST is lost: the item under that id carries our cross-reference, so it is ours."""
    await rig.system.fault(kind="lose_response", method="POST", path="/items", actor="tandem")
    values = {"id": "red", "name": "Red", "unit_cost": Decimal("1.25")}
    result = await rig.send(rig.command("create", values=values, keys={"id": "red"}, xref="crm:product:9"))

    assert (result.outcome, result.ref) == ("done", "invoiced:item:red")


async def test_an_id_that_is_taken_is_found(rig: SinkRig) -> None:
    """An item of that id is there: it is reported, nothing is written."""
    values = {"id": "blue", "name": "Red"}
    result = await rig.send(rig.command("create", values=values, keys={"id": "blue"}, xref="crm:product:9"))

    assert (result.outcome, [one.ref for one in result.found], await rig.methods()) == (
        "found",
        [REF],
        ["GET"],
    )


@pytest.mark.parametrize("refusals_are_400", [True, False])
async def test_an_id_taken_meanwhile_is_found(
    rig: SinkRig, wire: Interruptions, refusals_are_400: bool
) -> None:
    """Somebody makes an item of that id between our look and our create: it is reported."""
    await rig.system.switch("invoiced.refusals_are_400", on=refusals_are_400)
    wire.plan("POST", "before", lambda: rig.system.user.post("/items", json={"id": "red", "name": "Theirs"}))
    values = {"id": "red", "name": "Red"}
    result = await rig.send(rig.command("create", values=values, keys={"id": "red"}, xref="crm:product:9"))

    assert (result.outcome, [one.ref for one in result.found]) == ("found", ["invoiced:item:red"])


async def test_an_id_that_is_refused_creates_nothing(rig: SinkRig) -> None:
    """An id Invoiced does not take: refused whole, instead of an item under a generated id."""
    values = {"id": "blue & red", "name": "Both"}
    result = await rig.send(rig.command("create", values=values, keys={"id": "blue & red"}))

    assert (result.outcome, list(result.refused)) == ("refused", ["id"])
    assert len((await rig.system.user.get("/items")).json()) == 1


async def test_an_id_is_never_changed(rig: SinkRig) -> None:
    """The id is set once: an update of it is told as what cannot be carried out."""
    result = await rig.send(rig.command(ref=REF, values={"id": "red"}, expected={"id": "blue"}))

    assert (result.outcome, await rig.methods()) == ("unsupported", [])
