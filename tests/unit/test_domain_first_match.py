"""Two records meet for the first time: whose values win."""

import pytest
from msgspec.structs import replace

from tests.property.scenes import HERE, THERE, organisation, quiet, shows
from tests.property.world import CONFIG, World, policy


def _world(tie_ms: int = 0, **changes: str) -> World:
    return World(replace(CONFIG, tie_ms=tie_ms, flows=policy(**changes)))


@pytest.mark.parametrize(("first", "city"), [(HERE, "there"), (THERE, "here")])
def test_the_record_that_was_updated_later_wins_what_differs(first: str, city: str) -> None:
    """`newest`: property by property the later record's value stands, but its empty ones do not win."""
    world = _world(first_match="newest")
    fields = {
        HERE: {"city": "here", "notes": "only here"},
        THERE: {"City": "there", "Phone": "2"},
    }
    for system in (first, *(s for s in fields if s != first)):
        world.tick(5_000)
        organisation(world, system, 1, **fields[system])
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == (city, city)
    assert (shows(world, HERE, "phone"), shows(world, THERE, "Description")) == ("2", "only here")
    assert [one.property for one in world.conflicts] == ["city"]
    quiet(world)


@pytest.mark.parametrize("tie", ["invoiced", "crm"])
def test_what_time_cannot_tell_apart_is_a_tie(tie: str) -> None:
    """Two records of the same moment: the flow's tie decides."""
    world = _world(tie_ms=60_000, first_match="newest", tie=tie)
    organisation(world, HERE, 1, city="invoiced")
    organisation(world, THERE, 1, City="crm")
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == (tie, tie)


def test_our_own_writes_make_no_record_newer() -> None:
    """The loser refuses one value and takes the rest: its record is the later one now, and still loses."""
    world = _world(first_match="newest")
    world.apis[THERE].refuse = lambda name, value: (name, value) == ("City", "here")
    organisation(world, THERE, 1, City="there", Phone="1")
    world.tick(5_000)
    organisation(world, HERE, 1, city="here", phone="2")
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("here", "there")
    assert shows(world, THERE, "Phone") == "2"
    quiet(world)


def test_a_record_found_by_a_create_is_as_old_as_it_says() -> None:
    """The counterpart was entered after the last round and found by the create's look: it is the newer one."""
    world = _world(first_match="newest")
    world.settle()
    organisation(world, HERE, 1, city="here")
    for system in (HERE, THERE, HERE, THERE):
        world.go(system)
    assert world.sinks[THERE].commands, "the create is on its way"
    organisation(world, THERE, 1, City="there")
    world.sink_all(THERE)
    world.fold()
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("there", "there")
    quiet(world)
