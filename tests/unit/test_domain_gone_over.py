"""Edits that our own write went over before anybody had read them: none is lost without a word."""

import pytest

from tests.property.apis import normalising
from tests.property.families import change, company, counterpart, everything, linked_contact, of_kind, record
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, shows
from tests.property.world import World


def _gone_over(mode: str, **how: str) -> World:
    """The CRM's edit is written while Invoiced's user edits the same property, and nobody has read that."""
    world = linked()
    world.apis[HERE].normalise = normalising(**how)
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.sink(HERE, mode)
    world.settle()
    return world


def test_a_lost_answer_and_a_value_that_was_tidied() -> None:
    """The look afterwards finds neither what was expected nor what was sent: the event tells what the write replaced."""
    world = _gone_over("lost", city="upper")

    listed = [one.invoiced for one in world.conflicts if one.property == "city"]
    assert "NINE" in listed, f"an edit was written over without a word: only {listed} is told"
    kept(world)


def test_a_connector_that_ends_behind_its_write() -> None:
    """Its successor finds the value in place, and watches for the event of the write it did not make."""
    world = _gone_over("die_after")

    assert conflicts(world, "city"), "an edit was written over without a word"
    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "nine"
    kept(world)
    replayed(world)


def test_the_last_edit_was_read_while_the_decision_was_on_its_way() -> None:
    """The decision over what was gone over is carried out after all, over a later edit: that one stands in the end."""
    world = linked()
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.sink(HERE)
    world.feed(HERE)
    world.fold()
    edit(world, HERE, city="twelve")
    world.go(HERE)
    world.sink(HERE)
    world.settle()

    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "twelve"
    assert [(one.invoiced, one.winner) for one in world.conflicts] == [("nine", HERE), ("twelve", HERE)]
    kept(world)
    replayed(world)


def test_a_past_that_is_shown_while_the_decision_is_on_its_way() -> None:
    """A replica shows what our write went over, and then what that left: nobody has edited it, the decision stands."""
    world = linked()
    edit(world, HERE, phone="1")
    world.go(HERE)  # its command keeps the CRM busy
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.tick(2_000)
    world.sink(HERE)
    world.feed(HERE)
    world.fold()
    world.pollers[HERE].judges = False  # it has been shown again and again, and is believed
    world.poll(HERE, stale="1")
    world.intake(HERE)
    world.fold()
    assert world.link(f"{HERE}:customer:1").invoiced.seen["city"] == "nine"
    world.go(HERE)
    world.settle()

    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "nine"
    kept(world)


def _moved(world: World, name: str) -> World:
    """The contact's organisation is another one; the new contact is made, the former one is about to be deleted."""
    second = company(world, THERE, 2)
    world.settle()
    change(world, THERE, name, CustomerId=second)
    world.go(THERE)
    world.sink(HERE)
    world.fold()
    return world


@pytest.mark.parametrize("both", [True, False])
def test_an_edit_between_the_look_at_a_former_contact_and_its_delete(both: bool) -> None:
    """It went with the record: it is an edit of its side all the same; beside the other side's the policy decides."""
    world, here, there = linked_contact()
    world = _moved(world, there.split(":")[2])
    if both:
        change(world, THERE, there.split(":")[2], Title="Head")
    world.request(HERE)  # the look
    change(world, HERE, here.split(":")[2], title="Chief")
    world.request(HERE)
    world.settle()

    (anew,) = of_kind(world, HERE, "contact")
    assert anew == counterpart(world, there)
    assert record(world, anew)["title"] == record(world, there)["Title"] == "Chief"
    assert bool(conflicts(world, "title")) == both
    kept(world)
    replayed(world)


def _children() -> tuple[World, dict[str, list[str]]]:
    """Three organisations on both sides: per side their ids, the last one's parent to be chosen."""
    world = everything()
    names = [company(world, THERE, number) for number in (1, 2, 3)]
    world.settle()
    here = [counterpart(world, f"{THERE}:customer:{name}").split(":")[2] for name in names]
    return world, {THERE: names, HERE: here}


@pytest.mark.parametrize("read", [True, False])
def test_two_wish_for_different_parents(read: bool) -> None:
    """A conflict over a parent is listed with both links, whether Invoiced's edit was read before the write or not."""
    world, ids = _children()
    change(world, THERE, ids[THERE][2], ParentId=ids[THERE][0])
    world.go(THERE)
    change(world, HERE, ids[HERE][2], parent_customer=int(ids[HERE][1]))
    if read:
        world.go(HERE)
    world.settle()

    links = [world.link(f"{HERE}:customer:{name}").id for name in ids[HERE]]
    (listed,) = [one for one in world.conflicts if one.property == "parent"]
    assert (listed.crm, listed.invoiced) == (links[0], links[1])
    assert str(record(world, f"{HERE}:customer:{ids[HERE][2]}")["parent_customer"]) == ids[HERE][1]
    assert record(world, f"{THERE}:customer:{ids[THERE][2]}")["ParentId"] == ids[THERE][1]
    kept(world)
    replayed(world)
