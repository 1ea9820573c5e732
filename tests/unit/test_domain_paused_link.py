"""A link that a person has paused is not written, not even by a command that stood in the topic before."""

from tests.property.scenes import HERE, THERE, edit, linked, quiet, shows


def test_a_command_under_way_waits_until_its_link_is_resumed() -> None:
    """The sink is told of the link itself: its flow and direction stay open for all others."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    world.decide("pause", link_id=world.links()[0].id)
    before = world.writes()
    world.settle()
    assert world.writes() == before

    edit(world, HERE, city="three")
    world.decide("resume", link_id=world.links()[0].id)
    world.settle()

    assert shows(world, THERE, "City") == "three"
    quiet(world)
