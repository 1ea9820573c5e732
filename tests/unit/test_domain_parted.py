"""A link that a person has parted has no records: whatever computes it anew finds nothing to do."""

from msgspec.structs import replace

from tests.property import promises
from tests.property.scenes import HERE, THERE, edit, linked, organisation
from tests.property.world import World


def _parted() -> tuple[World, str, int]:
    world = linked()
    link = world.links()[0].id
    world.decide("links.unlink", link_id=link)
    return world, link, sum(len(sink.all) for sink in world.sinks.values())


def _nothing_was_made(world: World, link: str, sent: int) -> None:
    world.settle()
    assert sum(len(sink.all) for sink in world.sinks.values()) == sent
    row = next(row for row in world.links() if row.id == link)
    assert row.retired
    assert (row.invoiced.ref, row.crm.ref) == (None, None)


def test_a_parted_link_that_is_computed_anew_makes_no_record() -> None:
    """A nudge by its id, or a person who resumes it, brings no empty record into being."""
    world, link, sent = _parted()

    world.nudge(link)
    world.fold()
    world.decide("resume", link_id=link)

    _nothing_was_made(world, link, sent)


def test_new_flows_make_no_record_of_a_parted_link() -> None:
    """When the flows change every row is walked: a parted one stays as it is, and its records stay apart."""
    world, link, sent = _parted()

    world.config = replace(world.config, version="2")
    edit(world, HERE, city="two")

    _nothing_was_made(world, link, sent)


def test_a_record_whose_link_was_parted_before_it_had_a_counterpart_is_still_found_by_rule() -> None:
    """The link gives up the look-ups by which it was found, and its record takes the same ones: they stay."""
    world = linked()
    world.decide("pause", flow="customer")
    organisation(world, HERE, 2)
    for _ in range(3):
        world.turn()
    world.decide("links.unlink", ref=f"{HERE}:customer:2")

    promises.derived(world)
    organisation(world, THERE, 2)
    world.decide("resume", flow="customer")
    world.settle()

    assert [record["number"] for record in world.apis[HERE].records.values()] == ["N1", "N2"]


def test_a_record_that_is_gone_is_joined_with_nothing() -> None:
    """Whichever of the two a person names first: a link with nothing behind it would never be in step."""
    world, _, _ = _parted()
    world.apis[HERE].destroy("1")
    world.settle()
    name = organisation(world, THERE, 2)
    world.go(THERE)

    world.decide("review.join", a=f"{HERE}:customer:1", b=f"{THERE}:customer:{name}")

    assert all(row.retired for row in world.links())
