"""One property edited on both sides while a contact moves: the policy decides, and what loses is listed."""

from dataclasses import replace

import pytest

from schemas.flow_property import ConflictPolicy
from tests.property.families import change, company, counterpart, everything, linked_contact, of_kind, record
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE, conflicts
from tests.property.world import WHOLE, World

MOMENTS = ("before it is made", "before its answer", "on the one that leaves")


def deciding(policy: ConflictPolicy) -> tuple[World, str, str]:
    flows = tuple(replace(flow, policy=replace(flow.policy, conflict=policy)) for flow in WHOLE.flows)
    return linked_contact(flows=flows)


def moved(policy: ConflictPolicy, moment: str, mode: str = "ok") -> tuple[World, str, str]:
    """The CRM's user moves a contact and gives it a title; Invoiced's user edits the title of the one they see."""
    world, here, there = deciding(policy)
    second = company(world, THERE, 2)
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=second, Title="Head")
    world.go(THERE)
    if moment != MOMENTS[0]:
        world.sink(HERE, mode)
    if moment == MOMENTS[2]:
        world.fold()
    change(world, HERE, here.split(":")[2], title="Chief")
    if moment != MOMENTS[2]:
        world.go(HERE)
    world.settle()
    return world, here, there


def titles(world: World, there: str) -> tuple[str, str]:
    (anew,) = of_kind(world, HERE, "contact")
    assert anew == counterpart(world, there)
    return record(world, anew)["title"], record(world, there)["Title"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("policy", "stands"), [("crm", "Head"), ("invoiced", "Chief"), ("newest", "Chief"), ("manual", "")]
)
def test_both_edit_what_moves(policy: ConflictPolicy, stands: str, moment: str) -> None:
    """The policy of the flow decides, whenever the second edit is met; it is listed once, and a person may take the other."""
    world, _, there = moved(policy, moment)

    (listed,) = [one for one in world.conflicts if one.property == "title"]
    assert (listed.policy, listed.invoiced, listed.crm) == (policy, "Chief", "Head")
    assert policy != "manual" or listed.winner == "open"
    assert not stands or titles(world, there) == (stands, stands)
    kept(world)
    replayed(world)

    other = "crm" if stands == "Chief" else "invoiced"
    world.decide("conflicts.resolve", id=listed.id, take=other)
    world.settle()
    taken = "Head" if stands == "Chief" else "Chief"
    assert titles(world, there) == (taken, taken)
    kept(world)


@pytest.mark.parametrize("mode", ["die_after", "end_lost"])
def test_both_edit_what_moves_and_the_answer_is_lost(mode: str) -> None:
    """A connector killed behind the create changes nothing of that."""
    world, _, there = moved("newest", MOMENTS[1], mode)
    assert [(one.policy, one.winner) for one in world.conflicts if one.property == "title"] == [
        ("newest", "invoiced")
    ]
    assert titles(world, there) == ("Chief", "Chief")
    kept(world)


@pytest.mark.parametrize("mode", ["die_after", "end_lost"])
def test_an_edit_on_the_new_contact_before_its_answer(mode: str) -> None:
    """The create's answer is lost with its connector, and somebody edits the new contact meanwhile: the edit stands."""
    world, here, there = linked_contact()
    second = company(world, THERE, 2)
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=second)
    world.go(THERE)
    world.sink(HERE, mode)
    (anew,) = [ref for ref in of_kind(world, HERE, "contact") if ref != here]
    change(world, HERE, anew.split(":")[2], title="Chief")
    world.go(HERE)
    world.settle()

    assert titles(world, there) == ("Chief", "Chief")
    kept(world)
    replayed(world)


def organisation() -> tuple[World, str, str, str]:
    """An organisation in Oslo, linked: Invoiced's ref of it, its id there, and the CRM's."""
    world = everything()
    name = company(world, HERE, city="Oslo")
    world.settle()
    here = f"{HERE}:customer:{name}"
    return world, here, name, counterpart(world, here).split(":")[2]


def in_bergen(world: World, here: str) -> None:
    """The one user's last word stands on both sides, and nobody else has said anything."""
    world.settle()
    assert record(world, here)["city"] == record(world, counterpart(world, here))["City"] == "Bergen"
    assert conflicts(world, "city") == []
    kept(world)


def test_the_former_record_is_edited_and_then_its_successor() -> None:
    """Both edits are met by our own writes, none by a poll: the later one stands, not what was met first."""
    world, here, name, there = organisation()
    change(world, HERE, name, type="person")
    world.go(HERE)
    world.sink(THERE)
    world.fold()
    change(world, THERE, there, City="Lund")
    change(world, THERE, counterpart(world, here).split(":")[2], City="Bergen")
    world.sink(THERE)
    world.fold()
    world.sink(HERE)
    in_bergen(world, here)


def test_an_answer_is_lost_and_the_same_value_goes_with_the_create() -> None:
    """What we wrote is known as ours though it is in flight to the new record: a second edit of its user is no conflict."""
    world, here, name, there = organisation()
    change(world, THERE, there, City="Lund")
    world.go(THERE)
    change(world, HERE, name, type="person")
    world.go(HERE)
    world.sink(HERE, "end_lost")
    world.fold()
    change(world, THERE, there, City="Bergen")
    world.go(HERE)
    world.go(THERE)
    in_bergen(world, here)


def test_the_former_record_is_edited_twice() -> None:
    """The second edit comes when the first has gone over and the record still leaves: what it meets there is no edit."""
    world, here, name, there = organisation()
    for flow in ("customer", "person"):
        world.decide("pause", flow=flow, direction="to-invoiced")
    change(world, HERE, name, type="person")
    change(world, THERE, there, City="Lund")
    world.go(THERE)
    world.go(HERE)
    world.sink(THERE)
    world.fold()
    for flow in ("customer", "person"):
        world.decide("resume", flow=flow, direction="to-invoiced")
    world.sink(HERE)
    world.fold()
    change(world, THERE, there, City="Bergen")
    in_bergen(world, here)


def test_the_successor_is_edited_later_and_read_first() -> None:
    """What the end of the former record shows of it was edited earlier than its stamp says, which is the end's own."""
    world, here, name, there = organisation()
    change(world, HERE, name, type="person")
    world.go(HERE)
    world.sink(THERE)
    world.fold()
    change(world, THERE, there, City="Lund")
    change(world, THERE, counterpart(world, here).split(":")[2], City="Bergen")
    world.go(THERE, "contact")
    world.sink(THERE)
    world.fold()
    in_bergen(world, here)


def test_an_edit_before_the_end_is_not_dated_by_it() -> None:
    """Both sides edit, and the end of the former record meets the earlier edit: time cannot tell them apart, and says so."""
    world, here, name, there = organisation()
    change(world, HERE, name, type="person")
    world.go(HERE)
    world.sink(THERE)
    world.fold()
    change(world, THERE, there, City="Lund")
    world.tick(60_000)
    change(world, HERE, name, city="Bergen")
    world.tick(60_000)
    world.go(HERE)
    world.sink(THERE)
    world.fold()
    world.settle()
    assert record(world, here)["city"] == record(world, counterpart(world, here))["City"] == "Bergen"
    (listed,) = [one for one in world.conflicts if one.property == "city"]
    assert (listed.winner, listed.undecidable) == ("invoiced", True)
    kept(world)
