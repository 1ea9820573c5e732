"""Answers that come late, twice or again and again: none makes the log spin, and none brings back an old value."""

from tests.property.scenes import HERE, THERE, edit, linked, quiet, shows


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


def test_a_write_that_nobody_waits_for_any_more_is_not_taken_for_an_edit() -> None:
    """A command is delivered twice: what the first was answered is told again, and the second writes after all."""
    world = linked()
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
