"""One property edited on both sides while a contact moves: the policy decides, and what loses is listed."""

from dataclasses import replace

import pytest

from schemas.flow import ConflictPolicy
from tests.property.families import change, company, counterpart, linked_contact, of_kind, record
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE
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
