"""What the sink is shown of an item before it is made anew: an edit just made, a tidied answer, a past."""

from decimal import Decimal
from typing import Any

from tests.flow import item_rig
from tests.flow.interruptions import Interruptions
from tests.flow.item_rig import REF, WHOLE, item, price
from tests.flow.sink_rig import SinkRig

rig, wire = item_rig.rig, item_rig.wire
UPPER = {"kind": "normalise", "method": "POST", "path": "/items", "field": "description", "how": "upper"}


async def test_a_delete_that_waits_is_preceded_by_a_look(rig: SinkRig, wire: Interruptions) -> None:
    """The API is busy when the item is to be deleted, and a user renames it meanwhile: it is made anew with that."""
    await rig.system.fault(kind="throttle", method="DELETE", path="/items", actor="tandem", times=1)
    wire.plan("DELETE", "after", lambda: rig.system.user.patch("/items/blue", json={"name": "Theirs"}))
    result = await rig.send(price(rig))

    assert (result.outcome, (result.image or {})["name"]) == ("done", "Theirs")


async def test_an_edit_after_the_first_look_is_kept(rig: SinkRig, wire: Interruptions) -> None:
    """A user renames the item while it is noted: the second look shows it, and it is noted and made anew with it."""
    wire.plan("GET", "after", lambda: rig.system.user.patch("/items/blue", json={"name": "Theirs"}))
    result = await rig.send(price(rig))

    assert (result.outcome, (result.image or {})["name"], result.resent) == ("done", "Theirs", {})
    assert await item(rig) == {**WHOLE, "unit_cost": 7.5, "name": "Theirs"}
    assert rig.memory.noting(REF) is None


async def test_an_item_that_never_shows_the_same_is_made_anew(rig: SinkRig, wire: Interruptions) -> None:
    """An item that is edited at each look is not noted for ever: what was shown the third time is made anew."""

    async def edit() -> None:
        looks = (await rig.methods()).count("GET")
        await rig.system.user.patch("/items/blue", json={"name": f"Theirs {looks}"})
        wire.plan("GET", "after", edit)

    wire.plan("GET", "after", edit)
    result = await rig.send(price(rig))

    assert (result.outcome, (result.image or {})["name"]) == ("done", "Theirs 2")
    assert (await rig.methods()).count("GET") == 3


async def test_what_the_api_changes_beside_the_price_is_told(rig: SinkRig) -> None:
    """The description was sent as it stood and comes back upper-cased: the result says what was sent."""
    await rig.system.fault(**UPPER)
    result = await rig.send(price(rig))

    assert (result.outcome, result.resent) == ("done", {"description": "A blue one"})


async def test_what_the_api_changes_is_told_though_its_answer_is_lost(rig: SinkRig) -> None:
    """A look shows the upper-cased description: it may be what the API has made of ours."""
    await rig.system.fault(**UPPER)
    await rig.system.fault(kind="lose_response", method="POST", path="/items", actor="tandem")
    result = await rig.send(price(rig))

    assert (result.outcome, result.resent) == ("done", {"description": "A blue one"})


async def test_a_past_is_looked_at_again(rig: SinkRig) -> None:
    """A replica that lags behind shows the name that was expected; the poller has seen a user's: nothing is written."""
    theirs = await seen(rig, "Theirs")
    await rig.system.fault(kind="stale_read", method="GET", path="/items/blue", actor="tandem", times=1)
    result = await rig.send(rig.command(ref=REF, values={"name": "Gadget"}, expected={"name": "Widget"}))

    assert (result.outcome, (result.image or {})["name"], result.attempts) == ("stale", "Theirs", 2)
    assert await rig.methods() == ["GET", "GET"]
    assert (await item(rig))["name"] == theirs["name"]


async def test_a_past_that_stays_is_tried_later(rig: SinkRig) -> None:
    """A replica that shows nothing else is not believed: the command waits, and the poller will say."""
    await seen(rig, "Theirs")
    await rig.system.fault(kind="stale_read", method="GET", path="/items/blue", actor="tandem", times=4)
    result = await rig.send(price(rig, values={"unit_cost": Decimal("7.5")}))

    assert (result.outcome, result.cause, result.wrote) == ("retry_at", "unreachable", False)


async def seen(rig: SinkRig, name: str) -> dict[str, Any]:
    """A user renames the item in a later second, and the poller sees it."""
    await rig.system.clock(5)
    record: dict[str, Any] = (await rig.system.user.patch("/items/blue", json={"name": name})).json()
    await rig.show(REF, record, record["updated_at"] * 1000)
    return record
