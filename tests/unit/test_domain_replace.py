"""Replacing a record: who changes from one flow to another, or to another parent, keeps the link."""

import pytest

from tests.property.families import (
    change,
    company,
    counterpart,
    everything,
    flow_links,
    linked_contact,
    of_kind,
    person,
    record,
)
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE, quiet
from tests.property.world import World

MODES = ["ok", "lost", "dropped", "die", "die_after", "end_lost", "end_dropped"]


def _company() -> tuple[World, str, str]:
    world = everything()
    name = company(world, HERE, email="a@b.c")
    world.settle()
    here = f"{HERE}:customer:{name}"
    return world, here, counterpart(world, here)


def _to_be_replaced() -> tuple[World, str, str]:
    """A company that has become a person, and the command is about to be sent."""
    world, here, there = _company()
    change(world, HERE, here.split(":")[2], type="person", name="Per Son")
    world.go(HERE)
    (command,) = world.sinks[THERE].commands
    assert (command.verb, command.entity, command.flow, command.ref) == ("create", "contact", "person", None)
    return world, here, there


@pytest.mark.parametrize("mode", MODES)
def test_a_company_becomes_a_person(mode: str) -> None:
    """The link stays: a contact takes the place of the CRM's customer, which is archived and brings nothing back."""
    world, here, there = _to_be_replaced()
    link = world.link(here).id
    world.sink(THERE, mode)
    world.fold()
    for _ in range(2):
        world.go(THERE)
    world.settle()

    anew = counterpart(world, here)
    assert anew.startswith(f"{THERE}:contact:")
    shown = record(world, anew)
    assert (shown["FirstName"], shown["LastName"], shown["Email"], shown["ContactNumber"]) == (
        "Per",
        "Son",
        "a@b.c",
        "N1",
    )
    assert record(world, there)["IsDeleted"] is True
    assert record(world, here)["active"] is True
    row = world.link(here)
    assert (row.id, row.flow, row.crm.former, row.crm.leaving) == (link, "person", (there,), None)
    kept(world)
    replayed(world)


@pytest.mark.parametrize("when", ["before", "during", "after", "late"])
def test_an_edit_on_the_former_record_is_not_lost(when: str) -> None:
    """A user edits the CRM's customer while a contact takes its place: both records take the edit."""
    world, here, there = _company()
    name, old = here.split(":")[2], there.split(":")[2]
    change(world, HERE, name, type="person")
    if when == "before":
        change(world, THERE, old, City="Oslo")
    world.go(HERE)
    if when == "during":
        change(world, THERE, old, City="Oslo")
        world.go(THERE)
    if when == "after":
        change(world, THERE, old, City="Oslo")
    world.sink(THERE)
    world.fold()
    if when == "late":
        change(world, THERE, old, City="Oslo")
    world.settle()

    assert record(world, here)["city"] == "Oslo"
    assert record(world, counterpart(world, here))["City"] == "Oslo"
    assert record(world, there)["IsDeleted"] is True
    kept(world)


def test_there_and_back() -> None:
    """A company that was taken for a person gets its own record back, restored, with what was edited since."""
    world, here, there = _company()
    change(world, HERE, here.split(":")[2], type="person")
    world.settle()
    was = counterpart(world, here)
    change(world, HERE, here.split(":")[2], type="company", city="Oslo")
    world.settle()

    assert counterpart(world, here) == there
    shown = record(world, there)
    assert (shown["IsDeleted"], shown["IsActive"], shown["City"]) == (False, True, "Oslo")
    assert record(world, was)["IsDeleted"] is True
    assert len(world.links()) == 1
    kept(world)


def test_back_before_anything_was_made() -> None:
    """Under a pause nothing is made; who turns back keeps the record there is."""
    world, here, there = _company()
    world.decide("pause", flow="person")
    change(world, HERE, here.split(":")[2], type="person")
    world.settle()
    assert world.link(here).flow == "person"
    change(world, HERE, here.split(":")[2], type="company")
    world.settle()
    world.decide("resume", flow="person")
    world.settle()

    assert counterpart(world, here) == there
    assert of_kind(world, THERE, "contact") == []
    kept(world)


@pytest.mark.parametrize("how", ["deleted", "moved", "destroyed"])
def test_a_company_with_contacts_becomes_no_person(how: str) -> None:
    """Its contacts would be left without a customer: it is parked whole, with their names, until the last has gone."""
    world, here, there = linked_contact()
    parent = f"{HERE}:customer:{record(world, here)['customer']}"
    before = world.writes()
    change(world, HERE, parent.split(":")[2], type="person")
    world.settle()

    row = world.link(parent)
    assert row.crm.stuck is not None
    assert here in row.crm.stuck.message
    assert there in row.crm.stuck.message
    assert (row.flow, world.writes()) == ("customer", before)
    quiet(world)

    child = there.split(":")[2]
    if how == "destroyed":
        world.apis[THERE].destroy(child)
    else:
        values = {"CustomerId": company(world, THERE, 9)} if how == "moved" else {"IsDeleted": True}
        change(world, THERE, child, **values)
    world.settle()

    assert world.link(parent).flow == "person"
    assert counterpart(world, parent).startswith(f"{THERE}:contact:")
    quiet(world)


@pytest.mark.parametrize("mode", MODES)
def test_a_person_becomes_somebodys_contact_and_back(mode: str) -> None:
    """A CRM contact gains a customer: below that one in Invoiced; loses it: a customer again, the one it was."""
    world = everything()
    org = company(world, THERE, 7)
    name = person(world, THERE)
    world.settle()
    there = f"{THERE}:contact:{name}"
    was, link = counterpart(world, there), world.link(there).id
    change(world, THERE, name, CustomerId=org)
    world.go(THERE)
    world.sink(HERE, mode)
    world.fold()
    world.go(HERE)
    world.settle()

    now = counterpart(world, there)
    assert now.startswith(f"{HERE}:contact:")
    assert record(world, was)["active"] is False
    assert record(world, there)["IsDeleted"] is False
    kept(world)

    change(world, THERE, name, CustomerId=None)
    world.settle()

    assert (counterpart(world, there), world.link(there).id, world.link(there).flow) == (was, link, "person")
    assert record(world, was)["active"] is True
    assert of_kind(world, HERE, "contact") == []
    kept(world)
    replayed(world)


def test_both_sides_turn_at_once() -> None:
    """The person becomes a company here and somebody's contact there: what was seen first stands, and all is quiet."""
    world = everything()
    org = company(world, THERE, 7)
    name = person(world, THERE)
    world.settle()
    here = counterpart(world, f"{THERE}:contact:{name}")
    change(world, THERE, name, CustomerId=org)
    change(world, HERE, here.split(":")[2], type="company")
    world.settle()

    assert world.link(here).flow == "customer"
    assert counterpart(world, here).startswith(f"{THERE}:customer:")
    assert record(world, f"{THERE}:contact:{name}")["IsDeleted"] is True
    assert len(flow_links(world, "customer")) == len(world.links())
    kept(world)
