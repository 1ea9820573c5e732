"""What is edited on a record that is about to be replaced is not lost, whenever its way is open."""

import pytest

from schemas.records import Command, Result
from tests.property.families import change, company, counterpart, everything, linked_contact, record
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE


@pytest.mark.parametrize("first", ["to-crm", "to-invoiced"])
def test_edited_before_it_is_replaced(first: str) -> None:
    """What was edited on the record that leaves reaches both, also where its direction is opened last."""
    world = everything()
    name = company(world, HERE, email="a@b.c")
    world.settle()
    here = f"{HERE}:customer:{name}"
    there = counterpart(world, here)
    for flow in ("customer", "person"):
        world.decide("pause", flow=flow)
    change(world, HERE, here.split(":")[2], type="person")
    change(world, THERE, there.split(":")[2], City="Lund", Phone="9")
    world.settle()
    ways = (first, "to-invoiced" if first == "to-crm" else "to-crm")
    for direction in ways:
        for flow in ("customer", "person"):
            world.decide("resume", flow=flow, direction=direction)
        world.settle()

    anew = record(world, counterpart(world, here))
    now = record(world, here)
    assert (anew["City"], anew["Phone"], now["city"], now["phone"]) == ("Lund", "9", "Lund", "9")
    kept(world)
    replayed(world)


def test_edited_before_it_moves_and_the_edit_is_held_up() -> None:
    """The edit's command is on its way when the move begins, and comes back undone: it is not lost for that."""
    world, here, there = linked_contact()
    other = company(world, THERE, 9)
    world.settle()
    for direction in ("to-crm", "to-invoiced"):
        world.decide("pause", flow="contact", direction=direction)
    change(world, HERE, here.split(":")[2], city="Lund")
    change(world, THERE, there.split(":")[2], CustomerId=other)
    world.settle()
    for direction in ("to-crm", "to-invoiced"):
        world.decide("resume", flow="contact", direction=direction)
    (command,) = world.sinks[THERE].commands
    world.sinks[THERE].commands.clear()
    world.append(held(command, world.now))
    world.settle()

    assert (record(world, there)["City"], record(world, counterpart(world, there))["city"]) == (
        "Lund",
        "Lund",
    )
    kept(world)


def held(command: Command, now: int) -> Result:
    """The sink had not heard yet that it may write."""
    one = command
    return Result(one.id, one.tenant, one.link_id, one.system, one.revision, "held", now, ref=one.ref)
