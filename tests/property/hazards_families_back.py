"""Hazards of records that change their flow or their parent and are edited meanwhile, before an answer is there."""

from typing import Any

from msgspec.structs import replace

from streams.domain import doubt, entering
from streams.domain.rows import Flight, LinkRow, Side, side_of, with_side
from tests.property.families import (
    change,
    company,
    counterpart,
    everything,
    linked_contact,
    of_kind,
    record,
)
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, conflicts

_ENTER = entering._enter
_RAISED = doubt.raised


def _nothing(*_: Any) -> list[Any]:
    return []


@hazard("A16d", "streams/domain/met.py:_edited", "made twice", {"streams.domain.met._edited": _nothing})
def own_contact_edited_and_its_parent_another_again() -> None:
    """A contact we made is edited before the lost answer of its create is made good, and goes back meanwhile: it is ours still."""
    world, _, there = linked_contact()
    name, own = there.split(":")[2], record(world, there)["CustomerId"]
    change(world, THERE, name, City="Oslo")
    elsewhere = company(world, THERE, 2)
    world.settle()
    change(world, THERE, name, CustomerId=elsewhere)
    world.go(THERE)
    world.sink(HERE, "die_after")
    made = of_kind(world, HERE, "contact")[-1]
    change(world, HERE, made.split(":")[2], city="Lund")
    change(world, THERE, name, CustomerId=own)
    world.settle()
    assert len(of_kind(world, HERE, "contact")) == len(of_kind(world, THERE, "contact")) == 1, "made twice"
    assert record(world, there)["City"] == "Lund", "the edit on our own new contact is lost"


def _without_base(row: LinkRow, system: str, prop: Any, before: Any, edit: list[Any]) -> LinkRow:
    after, side = _ENTER(row, system, prop, before, edit), side_of(row, system)
    bases = side_of(after, system).base
    left = {name: value for name, value in bases.items() if name in side.base}
    return with_side(after, system, replace(side_of(after, system), base=left))


@hazard(
    "B11e", "streams/domain/entering.py:_enter", "lost", {"streams.domain.entering._enter": _without_base}
)
def edit_on_a_record_that_leaves_before_its_successor_is_answered_for() -> None:
    """The new record is seen before its create is answered, then an edit on the former one: an edit, and no first match."""
    world = everything()
    here = f"{HERE}:customer:{company(world, HERE, city='Oslo')}"
    world.settle()
    there = counterpart(world, here)
    change(world, HERE, here.split(":")[2], type="person")
    world.go(HERE)
    world.sink(THERE, "die_after")
    change(world, THERE, there.split(":")[2], City="Lund")
    world.go(THERE)
    change(world, HERE, here.split(":")[2], type="company")
    world.settle()
    assert record(world, here)["city"] == record(world, there)["City"] == "Lund", "the edit is lost"
    assert conflicts(world, "city") == [], "nobody else has edited it"


def _not_here(*_: Any) -> bool:
    return False


@hazard(
    "N14d", "streams/domain/met.py:was_here", "archived", {"streams.domain.results.met.was_here": _not_here}
)
def turned_back_after_a_lost_answer() -> None:
    """A create asked again is answered with the former record that carries its name, and is archived: it is revived."""
    world = everything()
    here = f"{HERE}:customer:{company(world, HERE)}"
    world.settle()
    change(world, HERE, here.split(":")[2], type="person")
    world.go(HERE)
    change(world, HERE, here.split(":")[2], type="company")
    world.go(HERE)
    world.sink(THERE, "end_lost")
    world.go(THERE)
    world.sink(THERE, "end_lost")
    world.settle()
    places = (here, counterpart(world, here))
    used = [
        record(world, ref).get("active", True) and not record(world, ref).get("IsDeleted") for ref in places
    ]
    assert used == [True, True], "what its user only turned into a person and back is archived"


def _none(*_: Any) -> None:
    return None


@hazard("A16e", "streams/domain/moves.py:make", "for ever", {"streams.domain.links.creating": _none})
def own_contact_nobody_wishes_any_more() -> None:
    """A contact goes back before the create of its successor is answered for: it is asked what became of that all the same."""
    world, _, there = linked_contact()
    name, own = there.split(":")[2], record(world, there)["CustomerId"]
    elsewhere = company(world, THERE, 2)
    world.settle()
    change(world, THERE, name, CustomerId=elsewhere)
    world.go(THERE)
    change(world, THERE, name, CustomerId=own)
    world.go(THERE)
    world.sink(HERE, "end_lost")
    for _ in range(9):
        world.turn(100_000)
    assert len(of_kind(world, HERE, "contact")) == 1, "what the create has made stands there for ever"


def _both(_flow: Any, row: LinkRow, *_: Any) -> LinkRow:
    return row


@hazard("A16f", "streams/domain/met.py:_outdone", "later edit", {"streams.domain.met._outdone": _both})
def former_contact_edited_and_its_successor_too() -> None:
    """One property is edited on a contact that moves, then on its successor, before that is answered for: the later one counts."""
    world, here, there = linked_contact()
    name = there.split(":")[2]
    change(world, THERE, name, City="Oslo")
    elsewhere = company(world, THERE, 2)
    world.settle()
    change(world, THERE, name, CustomerId=elsewhere)
    world.go(THERE)
    change(world, HERE, here.split(":")[2], city="Lund")
    world.sink(HERE, "end_lost")
    change(world, HERE, of_kind(world, HERE, "contact")[-1].split(":")[2], city="Bergen")
    world.settle()
    assert record(world, there)["City"] == "Bergen", "the later edit is lost"


def _not_outdone(*_: Any) -> bool:
    return False


@hazard(
    "A16h",
    "streams/domain/entering.py:_outdone",
    "later edit",
    {"streams.domain.entering._outdone": _not_outdone},
)
def successor_is_read_before_the_edit_on_the_former_contact() -> None:
    """The same, and the earlier edit, on the former contact, is met last, when that is to end: the later one counts."""
    world, here, there = linked_contact()
    name = there.split(":")[2]
    change(world, THERE, name, City="Oslo")
    elsewhere = company(world, THERE, 2)
    world.settle()
    change(world, THERE, name, CustomerId=elsewhere)
    world.go(THERE)
    change(world, HERE, here.split(":")[2], city="Lund")
    world.sink(HERE, "die_after")
    change(world, HERE, of_kind(world, HERE, "contact")[-1].split(":")[2], city="Bergen")
    world.sink(HERE)
    world.settle()
    assert record(world, there)["City"] == "Bergen", "the later edit is lost"


def _never(*_: Any) -> int:
    return 0


@hazard(
    "A16g",
    "streams/domain/results.py:_attempted",
    "made twice",
    {"streams.domain.results._attempted": _never},
)
def attempted_before_its_direction_was_closed() -> None:
    """A create is carried out by a process that dies of it, and its direction is paused before the next one asks: it may stand there."""
    world, _, there = linked_contact()
    change(world, THERE, there.split(":")[2], CustomerId=None)
    world.go(THERE)
    world.sink(HERE, "die_after")
    world.decide("pause", flow="person", direction="to-invoiced")
    world.sink(HERE)
    world.fold()
    world.go(HERE)
    world.decide("resume", flow="person", direction="to-invoiced")
    world.settle()
    assert len(of_kind(world, THERE, "contact")) == 1, "made twice"


def _of_the_one_there(side: Side, flight: Flight, at: int) -> Side:
    return replace(_RAISED(side, replace(flight, ref=None), at), unanswered=flight)


@hazard(
    "B11f",
    "streams/domain/doubt.py:raised",
    "lost",
    {"streams.domain.results.doubt.raised": _of_the_one_there},
)
def edit_that_goes_with_a_create_without_an_answer() -> None:
    """What a create without an answer carries of an edit on the record it replaces is that user's still, not ours."""
    world = everything()
    here = f"{HERE}:customer:{company(world, HERE, city='Oslo')}"
    world.settle()
    there = counterpart(world, here)
    for flow in ("customer", "person"):
        world.decide("pause", flow=flow, direction="to-invoiced")
    change(world, HERE, here.split(":")[2], type="person")
    change(world, THERE, there.split(":")[2], City="Lund")
    world.go(THERE)
    world.go(HERE)
    world.sink(THERE, "end_lost")
    world.turn(100_000)
    world.turn()
    assert counterpart(world, here) != there
    world.decide("resume", flow="person", direction="to-invoiced")
    world.settle()
    assert record(world, here)["city"] == record(world, counterpart(world, here))["City"] == "Lund", (
        "the edit is lost: both show what Invoiced did"
    )
    assert conflicts(world, "city") == [], "nobody else has edited it"
