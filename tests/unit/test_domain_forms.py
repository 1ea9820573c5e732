"""A record made anew is given its user's values as they were written, not what the other side's API has made of them."""

from collections.abc import Callable

import pytest

from tests.property.apis import normalising
from tests.property.carriers import MODES
from tests.property.families import change, company, counterpart, linked_contact, record
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE
from tests.property.world import World


def _before(world: World, mode: str) -> None:
    """The edit has gone over before the move is read."""
    world.go(HERE)
    world.sink(THERE)
    world.fold()
    world.go(THERE)
    world.sink(HERE, mode)


def _beside(world: World, mode: str) -> None:
    """Both are read at once."""
    world.go(HERE)
    world.go(THERE)
    world.sink(HERE, mode)


def _behind(world: World, mode: str) -> None:
    """The edit goes over while nobody knows what has become of the create."""
    world.go(THERE)
    world.sink(HERE, mode)
    world.go(HERE)
    world.sink(THERE)
    world.fold()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("told", [_before, _beside, _behind])
@pytest.mark.parametrize(("how", "shown"), [("upper", "OSLO"), ("drop", None)])
def test_a_contact_that_moves(told: Callable[[World, str], None], mode: str, how: str, shown: str) -> None:
    """The CRM tidies up a city that was edited in Invoiced, and the contact moves: its successor shows it as written."""
    world, here, there = linked_contact()
    world.apis[THERE].normalise = normalising(City=how)
    second = company(world, THERE, 2)
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=second)
    change(world, HERE, here.split(":")[2], city="Oslo")
    told(world, mode)
    world.settle()

    anew = counterpart(world, there)
    assert anew != here
    assert (record(world, anew)["city"], record(world, there)["City"]) == ("Oslo", shown)
    kept(world)
    replayed(world)
