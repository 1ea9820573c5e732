"""Hazards of records that have lost their place in a link, and are heard of once more."""

from schemas.records import Unreadable
from streams.domain.rows import unread
from streams.domain.states import state_of
from tests.property.families import change, company, counterpart, linked_contact, record
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE
from tests.property.world import World


def _cannot_be_read(world: World, ref: str) -> None:
    world.append(Unreadable(HERE, "contact", "it lives below a customer that is not known", ref))
    world.fold()


@hazard("B11h", "streams/domain/links.py:_unread", "for ever", {"streams.domain.links._unread": unread})
def former_record_that_cannot_be_read() -> None:
    """A record nobody can read loses its place, and is told to be unreadable once more: its link waits for it no more."""
    world, here, there = linked_contact()
    _cannot_be_read(world, here)
    assert state_of(world.link(there)) == "waiting"
    elsewhere = company(world, THERE, 2)
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=elsewhere)
    world.settle()
    assert counterpart(world, there) != here
    assert state_of(world.link(there)) == "linked", "it waits for ever for a record that has left"
    _cannot_be_read(world, here)
    assert state_of(world.link(there)) == "linked", "it waits for ever for a former record"
    change(world, THERE, there.split(":")[2], City="Lund")
    world.settle()
    assert record(world, counterpart(world, there))["city"] == "Lund"
