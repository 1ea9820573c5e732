"""Answers that come late, twice or again and again: none makes the log spin, and none brings back an old value."""

import pytest

from tests.property.apis import normalising
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation, quiet, shows
from tests.property.world import World


def test_what_was_refused_after_a_lost_attempt_is_not_sent_for_ever() -> None:
    """The first attempt had no answer, the second was refused; then the user there enters something else."""
    world = linked()
    world.apis[HERE].refuse = lambda name, value: (name, value) == ("city", "blue")
    edit(world, THERE, City="blue")
    world.go(THERE)
    world.sink(HERE, "end_dropped")
    world.fold()
    world.settle()
    sent = len(world.sinks[HERE].all)

    edit(world, HERE, city="red")
    world.settle()

    assert len(world.sinks[HERE].all) == sent
    assert shows(world, THERE, "City") == "red"


def _parked_after_a_lost_attempt() -> World:
    world = linked()
    edit(world, HERE, city="red")
    world.go(HERE)
    world.sink(THERE, "end_dropped")
    world.fold()
    world.apis[THERE].refuse_all = True
    world.settle()
    assert world.links()[0].crm.stuck is not None
    return world


def test_what_was_parked_after_a_lost_attempt_is_tried_again() -> None:
    """The answer that parked it is final for that command: a replay is another one, or it would be told the same."""
    world = _parked_after_a_lost_attempt()
    world.apis[THERE].refuse_all = False
    world.decide("parked.replay", all=True)
    world.settle()

    assert shows(world, THERE, "City") == "red"


def test_a_create_that_was_parked_after_a_lost_attempt_is_tried_again() -> None:
    """So is a create, which looks first: what the lost attempt may have made is found, not made twice."""
    world = empty()
    organisation(world, HERE, 1)
    for _ in range(2):
        world.go(HERE)
        world.go(THERE)
    world.sink(THERE, "end_dropped")
    world.fold()
    world.apis[THERE].refuse_all = True
    world.settle()
    world.apis[THERE].refuse_all = False
    world.decide("parked.replay", all=True)
    world.settle()

    assert list(world.apis[THERE].records) == ["c1"]


def test_an_edit_on_the_side_that_refused_goes_over_though_a_wish_is_parked_there() -> None:
    """What is parked waits for a change, and this is one: the later edit wins, and the wish is given up."""
    world = _parked_after_a_lost_attempt()
    world.apis[THERE].refuse_all = False
    edit(world, THERE, City="green")
    world.apis[THERE].refuse_all = True
    world.settle()

    assert shows(world, HERE, "city") == "green"
    assert world.links()[0].crm.stuck is None


def test_a_create_that_meets_its_own_mark_in_another_link_is_parked() -> None:
    """A pair is parted and both stand for themselves: the mark one of them left on the other is in the way."""
    world = linked()
    world.decide("links.unlink", ref=f"{HERE}:customer:1")
    for ref in (f"{HERE}:customer:1", f"{THERE}:customer:c1"):
        world.decide("review.separate", ref=ref)
    world.settle()

    stuck = world.link(f"{HERE}:customer:1").crm.stuck
    assert stuck is not None
    assert stuck.cause == "taken"
    assert "crm:customer:c1" in stuck.message

    edit(world, THERE, ExternalId=None)
    world.decide("parked.replay", all=True)
    world.settle()
    assert world.link(f"{HERE}:customer:1").crm.ref is not None
    quiet(world)


@pytest.mark.parametrize("kept", ["", "upper"])
def test_a_write_that_nobody_waits_for_any_more_is_not_taken_for_an_edit(kept: str) -> None:
    """A command is delivered twice: what the first was answered is told again, and the second writes after all."""
    world = linked()
    world.apis[THERE].normalise = normalising(City=kept)
    edit(world, HERE, city="red")
    world.go(HERE)
    sink = world.sinks[THERE]
    world.request(THERE, "end_dropped")
    sink.commands.append(sink.all[-1])
    edit(world, THERE, Phone="9")
    world.tick(3_000)
    world.nudge()
    world.fold()  # it is due again, and sent once more behind its own copy
    edit(world, HERE, city=None)
    world.settle()

    assert (shows(world, HERE, "city"), shows(world, THERE, "City")) == (None, None)
