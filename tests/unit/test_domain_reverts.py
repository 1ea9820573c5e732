"""A value the destination refuses for good is taken back where it was entered, if the flow says so."""

from typing import Any

from tests.property.apis import normalising
from tests.property.scenes import HERE, THERE, edit, linked, quiet, shows
from tests.property.world import World, policy


def _world(rejected: str = "revert") -> World:
    """One linked pair in Oslo, and a CRM that will not have a bad city."""
    world = linked(flows=policy(rejected=rejected))
    edit(world, HERE, city="Oslo")
    world.settle()
    world.apis[THERE].refuse = lambda name, value: (name, value) == ("City", "Bad")
    return world


def _ours(world: World, system: str) -> list[dict[str, Any]]:
    return [values for kind, _, values in world.apis[system].writes if kind == "update"]


def test_the_source_is_set_back_once_and_the_refused_value_is_kept() -> None:
    """One write on the source, to what was agreed; the user's value stands in `conflicts`."""
    world = _world()

    edit(world, HERE, city="Bad", notes="kept")
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("Oslo", "Oslo")
    assert shows(world, THERE, "Description") == "kept"
    assert _ours(world, HERE) == [{"city": "Oslo"}]
    told = [(one.policy, one.winner, one.invoiced, one.crm) for one in world.conflicts]
    assert told == [("rejected", "crm", "Bad", "Oslo")]
    assert not world.link("crm:customer:c1").crm.refused
    quiet(world)


def test_the_same_value_again_is_set_back_again() -> None:
    """Entered a second time it is tried a second time, and taken back again: one write each."""
    world = _world()
    for _ in range(2):
        edit(world, HERE, city="Bad")
        world.settle()

    assert _ours(world, HERE) == [{"city": "Oslo"}, {"city": "Oslo"}]
    quiet(world)


def test_by_default_the_value_stays_and_is_flagged() -> None:
    """`flag`: nothing is written back, the refusal is listed."""
    world = _world("flag")
    edit(world, HERE, city="Bad")
    world.settle()

    assert shows(world, HERE, "city") == "Bad"
    assert world.link("crm:customer:c1").crm.refused["city"][0] == "Bad"
    assert _ours(world, HERE) == []


def test_what_the_other_side_has_set_meanwhile_takes_the_place() -> None:
    """Both edited, the winner's value is refused: the other's stands on both sides, and the base on neither."""
    world = _world()
    edit(world, THERE, City="Bergen")
    edit(world, HERE, city="Bad")
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("Bergen", "Bergen")
    assert _ours(world, HERE) == [{"city": "Bergen"}]
    quiet(world)


def test_a_later_edit_is_not_undone_by_taking_back() -> None:
    """The user corrects the value before ours is written: the correction goes over."""
    world = _world()
    edit(world, HERE, city="Bad")
    world.go(HERE)
    world.sink_all(THERE)
    world.fold()
    edit(world, HERE, city="Good")
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("Good", "Good")
    quiet(world)


def test_between_apis_that_spell_a_value_their_own_way_it_is_one_write() -> None:
    """What was agreed is each side's own form: setting the source back starts no echo."""
    world = linked(flows=policy(rejected="revert"))
    world.apis[HERE].normalise = normalising(city="upper")
    edit(world, THERE, City="Oslo")
    world.settle()
    before = len(_ours(world, HERE)), len(_ours(world, THERE))
    world.apis[THERE].refuse = lambda name, value: name == "City" and value == "BAD"

    edit(world, HERE, city="Bad")
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == ("OSLO", "Oslo")
    assert (len(_ours(world, HERE)), len(_ours(world, THERE))) == (before[0] + 1, before[1])
    quiet(world)


def test_a_refused_create_is_not_taken_back() -> None:
    """Nothing was agreed before a create: the value stays where it was entered, and is flagged."""
    world = _world()
    world.apis[HERE].create(world.tick(1_500), {"name": "Org 2", "number": "N2", "city": "Bad"})
    world.settle()

    assert shows(world, HERE, "city", "2") == "Bad"
    assert world.link("invoiced:customer:2").crm.refused["city"][0] == "Bad"
    assert _ours(world, HERE) == []
