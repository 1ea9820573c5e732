"""Hazards of contacts, persons and products: parents that are no customers, records that leave, own creates unnamed."""

from typing import Any

from streams.domain.fold import Fold
from streams.domain.rows import LinkRow, Side, other, side_of
from tests.property.families import (
    change,
    company,
    contact,
    contact_asked_for,
    counterpart,
    everything,
    linked_contact,
    of_kind,
    person,
    product,
    record,
)
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, conflicts, quiet
from tests.property.world import World


def _nothing(*_: Any) -> list[Any]:
    return []


@hazard("A16b", "streams/domain/met.py:_own", "original", {"streams.domain.met._own": _nothing})
def own_contact_without_a_name() -> None:
    """A contact made by a create without an answer carries no name of ours: it is taken as that create's, not as a match."""
    world = everything()
    world.apis[HERE].normalise = lambda name, value: value[:4] if name == "title" and value else value
    _, name = contact_asked_for(world, Title="Director")
    world.sink(HERE, "end_lost")
    world.settle()
    shown = record(world, f"{THERE}:contact:{name}")["Title"]
    assert shown == "Director", f"the original was overwritten with {shown!r}, what the API had made of it"


def _replaced() -> tuple[World, str, str]:
    """A company has become a person; the contact that takes its place is made, and nobody has read its answer."""
    world = everything()
    name = company(world, HERE)
    world.settle()
    here = f"{HERE}:customer:{name}"
    there = counterpart(world, here)
    change(world, HERE, name, type="person")
    world.go(HERE)
    return world, here, there


def _no_edit(_flow: Any, row: LinkRow, *_: Any) -> LinkRow:
    return row


@hazard("B11b", "streams/domain/entering.py:enter", "lost", {"streams.domain.leaving.enter": _no_edit})
def edit_on_a_record_that_leaves() -> None:
    """A user edits the record whose place another is taking: the edit goes to both, and the record ends behind it."""
    world, here, there = _replaced()
    world.sink(THERE)
    change(world, THERE, there.split(":")[2], City="Oslo")
    world.settle()
    assert record(world, here)["city"] == "Oslo", "the edit on the former record is lost"


def _unseen(*_: Any) -> None:
    return None


@hazard("B11c", "streams/domain/leaving.py:seen", "doubt", {"streams.domain.leaving.seen": _unseen})
def record_that_leaves_is_seen_once_more() -> None:
    """A record that has lost its place is still in use until we have ended it: nobody has to decide about that."""
    world, _, there = _replaced()
    world.sink(THERE)
    world.fold()
    world.sinks[THERE].commands.clear()
    change(world, THERE, there.split(":")[2], City="Oslo")
    world.go(THERE)
    row = world.refs()[there]
    assert row.state == "former", f"a record that leaves is put in doubt: {row.cause}"


@hazard("N14b", "streams/domain/moves.py:_left", "without", {"streams.domain.moves._left": _nothing})
def parent_that_would_leave_its_children() -> None:
    """A company with contacts is told to be a person: it is parked whole, for they could name it no more."""
    world, here, there = linked_contact()
    parent = record(world, here)["customer"]
    change(world, HERE, str(parent), type="person")
    world.settle()
    customer = record(world, there)["CustomerId"]
    assert record(world, f"{THERE}:customer:{customer}")["IsActive"], "a contact is left without its customer"
    assert not record(world, there)["IsDeleted"]


def _nobody(*_: Any) -> frozenset[str]:
    return frozenset()


@hazard("N14c", "streams/domain/work.py:unbound", "for ever", {"streams.domain.work.unbound": _nobody})
def last_child_has_gone() -> None:
    """What is parked for its children goes on by itself when the last of them has moved or ended."""
    world, here, there = linked_contact()
    parent = f"{HERE}:customer:{record(world, here)['customer']}"
    change(world, HERE, parent.split(":")[2], type="person")
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=company(world, THERE, 2))
    world.settle()
    assert world.link(parent).flow == "person", "it is parked for ever, and nobody is below it any more"


def _any_kind(fold: Fold, _prop: Any, ref: str) -> str | None:
    link = fold.link_of(ref)
    return side_of(link, other(ref.split(":", maxsplit=1)[0])).ref if link is not None else None


@hazard(
    "T12b",
    "streams/domain/parents.py:counterpart",
    "named",
    {
        "streams.domain.parents.counterpart": _any_kind,
        "streams.domain.commands.raw_id": lambda _config, _prop, _system, ref: ref.split(":")[2],
    },
)
def person_named_as_a_customer() -> None:
    """A contact below a person waits: the person's counterpart is a contact, which nobody can name as a customer."""
    world = everything()
    parent = person(world, HERE)
    contact(world, HERE, parent)
    world.settle()
    made = [record(world, ref) for ref in of_kind(world, THERE, "contact")]
    wrong = [one["CustomerId"] for one in made if one["CustomerId"] is not None]
    assert wrong == [], f"{wrong} named as a customer, which is none"
    quiet(world)


@hazard(
    "T13b", "streams/domain/work.py:_weigh_again", "for ever", {"streams.domain.work._weigh_again": _unseen}
)
def unlinked_children_of_a_parent_linked_later() -> None:
    """A record that stands in no link waits for its parent: it is found in the state when that is linked."""
    world = everything()
    parent = company(world, THERE)
    name = contact(world, THERE, parent)
    for _ in range(3):
        world.go(THERE, "contact")
        world.go(HERE, "contact")
    world.settle()
    row = world.refs()[f"{THERE}:contact:{name}"]
    assert row.state == "linked", f"it waits for ever: {row.cause}"


@hazard(
    "N12b", "streams/domain/identity.py:_returned", "doubt", {"streams.domain.identity._returned": _unseen}
)
def item_that_is_made_again() -> None:
    """An item is made again under its code, and the poll is quicker than the answer: it takes its own place again."""
    world = everything()
    name = product(world, THERE)
    world.settle()
    change(world, THERE, name, IsDeleted=True)
    world.settle()
    change(world, THERE, name, IsDeleted=False)
    world.go(THERE)
    world.sink(HERE, "end_lost")
    world.go(HERE)
    row = world.refs()[f"{HERE}:item:SKU"]
    assert row.state == "linked", f"our own item is put in doubt: {row.cause}"


def _nothing_left(*_: Any) -> Side:
    return Side()


@hazard(
    "B11d",
    "streams/domain/entering.py:pending",
    "without a word",
    {"streams.domain.entering.pending": _nothing_left},
)
def both_edit_what_moves() -> None:
    """A contact moves while both sides edit one property of it: the policy decides, and what loses is listed."""
    world, here, there = linked_contact()
    second = company(world, THERE, 2)
    world.settle()
    change(world, THERE, there.split(":")[2], CustomerId=second, Title="Head")
    world.go(THERE)
    change(world, HERE, here.split(":")[2], title="Chief")
    world.settle()
    assert conflicts(world, "title"), "an edit was decided against without a word"
    assert record(world, counterpart(world, there))["title"] == record(world, there)["Title"] == "Chief"


def _as_an_update(_side: Side) -> bool:
    return False


@hazard(
    "A16c", "streams/domain/doubt.py:_found", "overwritten", {"streams.domain.doubt._found": _as_an_update}
)
def own_contact_edited_before_it_is_known() -> None:
    """A contact we made is edited before the lost answer of its create is made good: what differs is somebody's edit."""
    world = everything()
    contact_asked_for(world)
    world.sink(HERE, "die_after")
    (made,) = of_kind(world, HERE, "contact")
    change(world, HERE, made.split(":")[2], title="Chief")
    world.go(HERE)
    world.settle()
    assert record(world, made)["title"] == "Chief", "an edit on our own new contact was overwritten"


def _nothing_open(_flow: Any, _system: str, _side: Any) -> None:
    return None


@hazard(
    "A16i",
    "streams/domain/links.py:_one_sided",
    "does not settle",
    {"streams.domain.links.creating": _nothing_open},
)
def archived_before_its_create_was_answered() -> None:
    """A create without an answer is asked about also when its only side has been archived: it may have been made."""
    world = everything()
    _, name = contact_asked_for(world)
    world.sink(HERE, "die_after")
    world.decide("pause", flow="contact", direction="to-invoiced")
    world.sink(HERE)
    change(world, THERE, name, IsDeleted=True)
    world.go(THERE)
    world.go(HERE)
    world.decide("resume", flow="contact", direction="to-invoiced")
    world.settle()
    assert of_kind(world, HERE, "contact") == [], "what was made of it stands there for ever"
