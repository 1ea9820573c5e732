"""An edit that shows itself in the answer of another command replaces a decision that is still on its way."""

from msgspec.structs import replace

from schemas.flow_file import load_flows
from schemas.records import Result
from streams.domain.rows import Flight, LinkRow, Side
from streams.domain.settling import settle, take_image
from tests.property.scenes import HERE, THERE, conflicts, edit, empty, organisation, shows

(FLOW,) = (flow for flow in load_flows() if flow.name == "customer")


def _flight(**values: str) -> Flight:
    return Flight("c", 1, "update", dict(values), {}, dict(values), 0, 0)


def _answer(system: str, **image: str) -> Result:
    return Result("c", "default", "L", system, 1, "done", 2_000, image=image, updated_at=2_000)


def test_the_later_edit_is_still_an_edit_after_the_decision_has_landed() -> None:
    """The base of the edited side is what was decided, not what its user has written since."""
    invoiced = Side(ref="invoiced:customer:1", seen={"notes": "decided"}, base={"notes": "decided"})
    crm = Side(ref="crm:customer:1", seen={"notes": "old"}, base={"notes": "old"})
    row = LinkRow("L", "customer", 1, invoiced, crm, forced={"notes": ["decided", ["crm"]]})

    row = take_image(
        FLOW, row, "invoiced", _flight(city="Oslo"), _answer("invoiced", notes="later", city="Oslo")
    )
    row = settle(FLOW, row, "crm", _flight(notes="decided"), _answer("crm", Description="decided"))

    assert "notes" not in row.forced
    assert row.invoiced.seen["notes"] == "later"
    assert row.invoiced.base["notes"] == "decided"


def test_a_first_decision_is_agreed_by_its_answer() -> None:
    """Nothing was agreed before: what was sent is the base of both, and what a user has entered meanwhile is an edit."""
    row = LinkRow(
        "L", FLOW.name, 1, Side(ref="invoiced:customer:1"), Side(ref="crm:customer:1", seen={"notes": "C"})
    )
    sent = replace(_flight(notes="B"), owed=("notes",))

    after = settle(FLOW, row, "invoiced", sent, _answer("invoiced", notes="B"))

    assert after.crm.base["notes"] == after.invoiced.base["notes"] == "B"


def test_an_edit_before_a_first_decision_is_answered_stands() -> None:
    """Two records met and a person has chosen between them; who edits the chosen one meanwhile keeps the edit."""
    world = empty()
    organisation(world, HERE, 1, notes="A")
    organisation(world, THERE, 1, Description="B")
    world.turn(1_000)
    while not conflicts(world, "notes"):
        world.turn(1_000)
    (first,) = [one for one in world.conflicts if one.property == "notes"]
    world.decide("conflicts.resolve", id=first.id, take=THERE)
    world.fold()
    edit(world, THERE, Description="C")
    world.go(THERE)
    world.settle()

    assert shows(world, HERE, "notes") == shows(world, THERE, "Description") == "C"
