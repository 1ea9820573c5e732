"""A contact of another customer: Invoiced cannot move it, so a new one takes its place there."""

import pytest

from tests.property.families import change, company, counterpart, linked_contact, of_kind, record, why
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE

MODES = ["ok", "lost", "dropped", "die", "die_after", "end_lost", "end_dropped"]


@pytest.mark.parametrize("mode", MODES)
def test_a_contact_moves_to_another_customer(mode: str) -> None:
    """Invoiced cannot move it: a new contact there, the old one is deleted, and the CRM's stays as it is."""
    world, here, there = linked_contact()
    second = company(world, THERE, 2)
    world.settle()
    link = world.link(there).id
    change(world, THERE, there.split(":")[2], CustomerId=second)
    world.go(THERE)
    (command,) = world.sinks[HERE].commands
    assert (command.verb, command.parent) == ("create", counterpart(world, f"{THERE}:customer:{second}"))
    world.sink(HERE, mode)
    world.fold()
    for _ in range(2):
        world.go(HERE)
    world.settle()

    (anew,) = of_kind(world, HERE, "contact")
    assert anew != here
    assert f"{HERE}:customer:{record(world, anew)['customer']}" == counterpart(
        world, f"{THERE}:customer:{second}"
    )
    assert (world.link(there).id, world.link(there).invoiced.ref) == (link, anew)
    assert record(world, there)["IsDeleted"] is False
    deletes = {(one.ref, one.parent) for one in world.sinks[HERE].all if one.verb == "delete"}
    assert deletes == {(here, f"{HERE}:customer:1")}
    kept(world)
    replayed(world)


@pytest.mark.parametrize("edited", ["title", "name"])
def test_an_edit_on_a_contact_that_moves_is_not_lost(edited: str) -> None:
    """The old contact's delete looks first: an edit on it goes to the new one and to the CRM."""
    world, here, there = linked_contact()
    second = company(world, THERE, 2)
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=second)
    world.go(THERE)
    world.sink(HERE)
    change(world, HERE, here.split(":")[2], **{edited: "Head Hunter"})
    world.settle()

    (anew,) = of_kind(world, HERE, "contact")
    shown = record(world, there)
    assert record(world, anew)[edited] == "Head Hunter"
    assert shown["Title"] == "Head Hunter" or shown["LastName"] == "Hunter"
    kept(world)


def test_a_move_to_a_customer_that_is_not_linked_waits() -> None:
    """The contact stays where it is until its new customer has a record there; it is listed with why."""
    world, here, there = linked_contact()
    world.decide("pause", flow="customer", direction="to-invoiced")
    second = company(world, THERE, 2)
    change(world, THERE, there.split(":")[2], CustomerId=second)
    world.settle()
    assert f"crm:customer:{second}, which is held" in why(world, there)
    assert of_kind(world, HERE, "contact") == [here]

    world.decide("resume", flow="customer", direction="to-invoiced")
    world.settle()

    assert counterpart(world, there) != here
    kept(world)
