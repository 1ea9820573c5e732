"""Hazards of records that have lost their place in a link, and are heard of once more."""

from typing import Any

from msgspec.structs import replace

from schemas.records import Change, Unreadable
from streams.domain.fold import Fold
from streams.domain.rows import LinkRow, Side, unread
from streams.domain.states import state_of
from tests.property.families import (
    change,
    company,
    counterpart,
    everything,
    linked_contact,
    of_kind,
    person,
    record,
)
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


def _unversioned(fold: Fold, row: LinkRow, side: Side) -> None:
    known = fold.ref(str(side.ref))
    if known is not None:
        fold.put_ref(replace(known, state="former", link_id=row.id))


def _joined() -> tuple[World, str, str, str]:
    """A person, edited in Invoiced, has become somebody's contact there, too; the contact is made and answered for."""
    world = everything()
    parent = company(world, THERE)
    there = f"{THERE}:contact:{person(world, THERE)}"
    world.settle()
    here = counterpart(world, there)
    change(world, HERE, here.split(":")[2], phone="1")
    world.turn()
    change(world, THERE, there.split(":")[2], CustomerId=parent)
    world.go(THERE)
    world.sink(HERE)
    world.fold()
    return world, here, there, parent


@hazard("B11i", "streams/domain/moves.py:depart", "out of use", {"streams.domain.moves.depart": _unversioned})
def former_record_that_is_told_once_more() -> None:
    """An old sight of a record that lost its place is told once more (a worker was killed): it is no sign of life.

    Taken for one, the record was put in review, and met archived as a stranger when its link needed it again: both
    sides went out of use.
    """
    world, here, there, _ = _joined()
    sights = [event.body for event in world.log if isinstance(event.body, Change) and event.body.ref == here]
    world.append(sights[-1])
    change(world, THERE, there.split(":")[2], CustomerId=None)
    world.settle()
    assert record(world, there)["IsActive"], "a person nobody has archived is out of use"
    assert record(world, counterpart(world, there))["active"]
    assert counterpart(world, there) == here


@hazard(
    "B11j",
    "streams/domain/links.py:_return",
    "in doubt",
    {"streams.domain.links.moves.depart": _unversioned},
)
def former_contact_that_is_told_once_more() -> None:
    """A contact was deleted in Invoiced and made anew by a restore: an old sight of the first one is no sign of life."""
    world, here, there = linked_contact()
    name = there.split(":")[2]
    change(world, HERE, here.split(":")[2], title="Head")
    world.settle()
    sights = [event.body for event in world.log if isinstance(event.body, Change) and event.body.ref == here]
    change(world, THERE, name, IsDeleted=True)
    world.settle()
    change(world, THERE, name, IsDeleted=False)
    world.settle()
    assert counterpart(world, there) != here
    alive = [one for one in sights if one.op != "d"]
    world.append(alive[-1])
    world.fold()
    assert world.refs()[here].state == "former", "what is gone is put in doubt"


def _of_the_record(ref: str) -> str:
    return ref.split(":", 2)[1]


@hazard(
    "B11k",
    "streams/domain/work.py:_entity",
    "no contact",
    {"streams.domain.work._entity": lambda _fold, _row, _system, flight: _of_the_record(flight.ref)},
)
def create_sent_again_for_a_record_that_is_to_be_replaced() -> None:
    """A create that is to replace a record has no answer for ten minutes: sent again it makes what it was to make."""
    world = everything()
    parent = company(world, THERE)
    there = f"{THERE}:contact:{person(world, THERE)}"
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=parent)
    world.go(THERE)
    world.sinks[HERE].commands.clear()
    world.tick(700_000)
    world.settle()
    assert len(of_kind(world, HERE, "contact")) == 1, "no contact was made, but another customer"
    assert counterpart(world, there) == of_kind(world, HERE, "contact")[0]


def _never(*_: Any) -> bool:
    return False


@hazard(
    "B11l",
    "streams/domain/results.py:_of_an_earlier_sending",
    "another turn",
    {"streams.domain.results._of_an_earlier_sending": _never},
)
def attempt_told_once_more_while_the_next_is_under_way() -> None:
    """An attempt without an answer is told twice (a connector was killed), the command is under way again: it still is."""
    world = everything()
    parent = company(world, THERE)
    there = f"{THERE}:contact:{person(world, THERE)}"
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=parent)
    world.go(THERE)
    world.sink(HERE, "end_dropped")
    told = world.log[-1].body
    world.fold()
    world.tick(5_000)
    world.go(THERE)
    assert world.link(there).invoiced.flight is not None
    change(world, THERE, there.split(":")[2], CustomerId=None)
    world.append(told)
    world.go(THERE)
    row = world.link(there)
    assert row.flow == "contact", "it took another turn before the answer is there"
    world.settle()
    assert record(world, there)["IsActive"]
    assert record(world, counterpart(world, there))["active"]


def _all_of_it(side: Side) -> set[str]:
    return set(side.doubt)


@hazard("B11m", "streams/domain/doubt.py:_standing", "lost", {"streams.domain.doubt._standing": _all_of_it})
def edit_on_a_former_record_that_begins_as_what_was_sent() -> None:
    """What was edited on the record before is not taken for what an API made of our create, like it as it may be."""
    world = everything()
    here = f"{HERE}:customer:{company(world, HERE, city='Lund')}"
    world.settle()
    there = counterpart(world, here)
    change(world, HERE, here.split(":")[2], type="person")
    world.go(HERE)
    world.sink(THERE, "end_lost")
    change(world, THERE, there.split(":")[2], City="Lundby")
    world.settle()
    assert record(world, here)["city"] == "Lundby", "the edit is lost in Invoiced"
    assert record(world, counterpart(world, here))["City"] == "Lundby"
