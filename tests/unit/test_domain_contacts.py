"""Contacts: people below an organisation, without a cross-reference and an archive in Invoiced."""

import pytest

from tests.property.families import (
    change,
    company,
    contact,
    contact_asked_for,
    counterpart,
    everything,
    flow_links,
    linked_contact,
    of_kind,
    person,
    record,
    why,
)
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE, quiet
from tests.property.world import SYSTEMS


def test_children_may_come_before_their_parents() -> None:
    """A contact read before its customer waits for it, told with the parent's name, and is made once that is."""
    world = everything()
    parent = company(world, THERE)
    name = contact(world, THERE, parent)
    for _ in range(3):
        world.go(THERE, "contact")
        world.go(HERE, "contact")
    assert f"crm:customer:{parent}, which was never read" in why(world, f"crm:contact:{name}")

    world.settle()

    (made,) = of_kind(world, HERE, "contact")
    assert f"{HERE}:customer:{record(world, made)['customer']}" == counterpart(
        world, f"crm:customer:{parent}"
    )
    kept(world)
    replayed(world)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_contact_behind_a_parent_in_doubt_waits(system: str) -> None:
    """The parent is a person's to decide: the child waits, told why, and follows once that is decided."""
    world = everything()
    first, second = company(world, HERE, 1), company(world, THERE, 1, Name="Other")
    name = contact(world, system, first if system == HERE else second)
    world.settle()
    assert "which is review: rule number-alone" in why(world, f"{system}:contact:{name}")

    world.decide("review.join", a=f"{HERE}:customer:{first}", b=f"{THERE}:customer:{second}")
    world.settle()

    assert len(flow_links(world, "contact")) == 1
    assert all(len(of_kind(world, one, "contact")) == 1 for one in SYSTEMS)
    kept(world)


def test_a_person_can_be_no_contacts_customer() -> None:
    """A person's counterpart is a contact of the CRM, which no contact can name as its customer: it waits, and says so."""
    world = everything()
    parent = person(world, HERE)
    name = contact(world, HERE, parent)
    world.settle()

    cause = why(world, f"{HERE}:contact:{name}")
    assert "is no customer and cannot be named as one" in cause
    assert len(of_kind(world, THERE, "contact")) == 1, "only the person has a counterpart"
    quiet(world)


@pytest.mark.parametrize("system", SYSTEMS)
def test_equal_names_under_different_parents_are_different_people(system: str) -> None:
    """Who has the same name and e-mail is the same only at the same organisation."""
    world = everything()
    parents = [company(world, THERE, number) for number in (1, 2)]
    world.settle()
    here = [counterpart(world, f"{THERE}:customer:{parent}").split(":")[2] for parent in parents]
    contact(world, THERE, parents[0])
    contact(world, THERE, parents[1])
    contact(world, HERE, here[1])
    if system == HERE:
        contact(world, HERE, here[0])
    world.settle()

    assert len(flow_links(world, "contact")) == 2
    assert all(len(of_kind(world, one, "contact")) == 2 for one in SYSTEMS)
    kept(world)


def test_an_unchanged_split_of_a_name_stays() -> None:
    """A split the words alone would not give is left as it is; a new name is split before its last word."""
    world, here, there = linked_contact()
    change(world, THERE, there.split(":")[2], FirstName="Anna", LastName="Maria Berg")
    change(world, HERE, here.split(":")[2], title="Head")
    world.settle()
    shown = record(world, there)
    assert (shown["FirstName"], shown["LastName"], shown["Title"]) == ("Anna", "Maria Berg", "Head")

    change(world, HERE, here.split(":")[2], name="Anna Maria Bergh")
    world.settle()

    shown = record(world, there)
    assert (shown["FirstName"], shown["LastName"]) == ("Anna Maria", "Bergh")
    kept(world)


@pytest.mark.parametrize("mode", ["ok", "lost", "dropped", "die", "die_after", "end_lost", "end_dropped"])
def test_an_own_create_is_known_without_a_cross_reference(mode: str) -> None:
    """Whatever becomes of the create's answer, and though the poll is quicker, the contact is made once."""
    world = everything()
    parent, _ = contact_asked_for(world)
    assert world.sinks[HERE].commands[0].parent == counterpart(world, f"{THERE}:customer:{parent}")
    world.sink(HERE, mode)
    for _ in range(3):
        world.go(HERE)
    world.settle()

    assert len(of_kind(world, HERE, "contact")) == 1
    assert len(flow_links(world, "contact")) == 1
    assert not world.conflicts, "our own create was taken for a first match"
    kept(world)
    replayed(world)


def test_a_lost_create_whose_record_the_api_kept_in_its_own_way() -> None:
    """What the API made of our values is no user's edit: the original stands."""
    world = everything()
    world.apis[HERE].normalise = lambda name, value: value[:4] if name == "title" and value else value
    _, name = contact_asked_for(world, Title="Director")
    world.sink(HERE, "end_lost")
    world.settle()

    assert record(world, f"{THERE}:contact:{name}")["Title"] == "Director"
    assert len(of_kind(world, HERE, "contact")) == 1
    quiet(world)


def test_who_was_there_before_the_create_is_a_first_match() -> None:
    """A contact a user entered at the same time is joined by its rule, and none is made."""
    world = everything()
    parent, _ = contact_asked_for(world)
    below = counterpart(world, f"{THERE}:customer:{parent}").split(":")[2]
    contact(world, HERE, below)
    world.settle()

    assert len(of_kind(world, HERE, "contact")) == 1
    assert [kind for kind, _, values in world.apis[HERE].writes if "customer" in values] == []
    kept(world)


def test_deleted_in_the_crm_is_deleted_in_invoiced_and_made_anew_by_a_restore() -> None:
    """Invoiced has no archive of contacts: a restore in the CRM makes a new one under the same link."""
    world, here, there = linked_contact()
    link = world.link(there).id
    change(world, THERE, there.split(":")[2], IsDeleted=True)
    world.settle()
    assert of_kind(world, HERE, "contact") == []
    command = world.sinks[HERE].all[-1]
    assert (command.verb, command.parent) == ("delete", "invoiced:customer:1")

    change(world, THERE, there.split(":")[2], IsDeleted=False)
    world.settle()

    (anew,) = of_kind(world, HERE, "contact")
    assert anew != here
    assert world.link(there).id == world.link(anew).id == link
    kept(world)
    replayed(world)


def test_deleted_in_invoiced_is_deleted_in_the_crm() -> None:
    """Gone in Invoiced: marked deleted in the CRM, and nothing is made anew of it."""
    world, here, there = linked_contact()
    world.apis[HERE].destroy(here.split(":")[2])
    world.settle()

    assert record(world, there)["IsDeleted"] is True
    assert of_kind(world, HERE, "contact") == []
    kept(world)


def test_an_edit_on_a_contact_that_is_deleted_is_listed() -> None:
    """The delete looks first: an edit since the last round is a conflict that the delete has won."""
    world, here, there = linked_contact()
    change(world, THERE, there.split(":")[2], IsDeleted=True)
    world.go(THERE)
    change(world, HERE, here.split(":")[2], title="Head")
    world.settle()

    assert of_kind(world, HERE, "contact") == []
    assert [(one.property, one.winner) for one in world.conflicts] == [("title", "crm")]
    quiet(world)
