"""The life of persons, contacts and products on either side: made, changed at once, tidied up, ended, brought back."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest
from msgspec import Struct

from tests.flow.customer_api import Name, Record, other
from tests.flow.family_api import Family
from tests.flow.family_records import CASES, ONCE, Both, Place, values_of
from tests.flow.installation import Installation, Marks, Pair
from tests.oracle.entities import CONTACT, PRODUCT, Entity

IN_FLIGHT_MS = 1500
cases = pytest.mark.parametrize(
    ("entity", "here"), CASES, ids=[f"{entity.name} from {here}" for entity, here in CASES]
)
Case = tuple[Entity, Name]
# The property that an API keeps in its own way, how, what a user writes, and what stands then in either system.
TIDIED: dict[str, tuple[str, str, str, Record]] = {
    "person": ("phone", "truncate:6", "+46 40 123", {"invoiced": "+46 40", "crm": "+46 40"}),
    "contact": ("name", "upper", "Olof Ström", {"invoiced": "OLOF STRÖM", "crm": "Olof STRÖM"}),
    "product": ("unit_cost", "round:2", "9.8765", {"invoiced": "9.88", "crm": "9.88"}),
}
ELSEWHERE: dict[str, Record] = {
    "person": {
        "city": "Malmö",
        "country": "NO",
        "language": "nb",
        "currency": "NOK",
        "payment_terms": "NET 60",
    },
    "contact": {"city": "Malmö", "country": "NO", "title": "Boss", "department": "Sales", "primary": True},
    "product": {"type": "service", "gl_account": "3002"},
}
CORRECTED = {"phone": "+46 42 1", "name": "Olof Alm", "unit_cost": "7.5"}
# Two properties that both sides edit at once, the second one each on its own.
AT_ONCE = {
    "person": ("city", "notes", "state"),
    "contact": ("city", "title", "state"),
    "product": ("description", "type", "gl_account"),
}


class Alive(Struct, frozen=True):
    """One of each, made on either side, and where the request logs stood before."""

    family: Family
    since: Marks
    values: dict[tuple[str, Name], Record]
    made: dict[tuple[str, Name], Both]

    def __getitem__(self, case: Case) -> Both:
        return self.made[case[0].name, case[1]]

    def each(self) -> Iterator[tuple[Both, Name]]:
        """Every record on both sides, and where it was made."""
        return ((self[case], case[1]) for case in CASES)

    def name(self, case: Case) -> str:
        """What it was called at first."""
        return str(self.values[case[0].name, case[1]]["name"])


@pytest.fixture(scope="module")
def alive(installation: Installation, pair: Callable[[], Pair]) -> Alive:
    """A person, a contact and a product entered in Invoiced, and others in the CRM, all at once."""
    family, parent, since = Family(installation), pair(), installation.marks()
    values = {(entity.name, here): values_of(entity, uuid.uuid4().hex[:8]) for entity, here in CASES}
    entered: dict[tuple[str, Name], Place] = {
        (entity.name, here): family.create(entity, here, values[entity.name, here], parent.on(here))
        for entity, here in CASES
    }
    made = {(entity.name, here): family.both(entity, entered[entity.name, here]) for entity, here in CASES}
    return Alive(family, since, values, made)


@cases
def test_created(alive: Alive, entity: Entity, here: Name) -> None:
    """What is entered on one side is made on the other, once and whole, and nothing is written back but its reference."""
    one, values = alive[entity, here], alive.values[entity.name, here]

    alive.family.until_equal(one, **values)

    telling = [] if here == "invoiced" else [("PATCH", "crm")]
    marks = {str(values[name]) for name in ("email", "code") if name in values}
    assert alive.family.posts(alive.since, *marks) == [other(here)]
    assert alive.family.writes(alive.since, one) == telling


def test_edited_and_emptied(alive: Alive) -> None:
    """New values of every property reach the other side by one write, and those emptied there come back by one."""
    family, since = alive.family, alive.since
    told = {one: values_of(one.entity, uuid.uuid4().hex[:8]) for one, _ in alive.each()}
    for one, here in alive.each():
        told[one] = {name: value for name, value in told[one].items() if name not in ONCE} | ELSEWHERE[
            one.entity.name
        ]
        family.edit(one.entity, one.on(here), **told[one])
    for one, _ in alive.each():
        family.until_equal(one, **told[one])
    for one, here in alive.each():
        empty = dict.fromkeys(each.name for each in one.entity.properties if each.clears)
        family.edit(one.entity, one.on(other(here)), **empty)
        told[one] |= empty
    for one, here in alive.each():
        family.until_equal(one, **told[one])
        telling = [] if here == "invoiced" else [("PATCH", "crm")]
        assert sorted(family.writes(since, one)) == sorted(
            [("PATCH", "crm"), ("PATCH", "invoiced"), *telling]
        )


def test_both_sides_at_once(alive: Alive) -> None:
    """One property edited on both sides in one round is decided and listed; different ones survive."""
    family = alive.family
    with family.paused():
        for one, _ in alive.each():
            same, here, there = AT_ONCE[one.entity.name]
            family.edit(one.entity, one.crm, **{same: "of the CRM", there: "Theirs"})
            family.edit(one.entity, one.invoiced, **{same: "of Invoiced", here: "Ours"})

    for one, _ in alive.each():
        same, here, there = AT_ONCE[one.entity.name]
        family.until_equal(one, **{same: "of Invoiced", here: "Ours", there: "Theirs"})
        assert family.conflicts(one) == [(same, "of Invoiced", "of the CRM", "invoiced")]


def test_edited_while_our_write_is_in_flight(alive: Alive) -> None:
    """A user's edit of another property that lands while our write is under way survives, and so does what we wrote."""
    family = alive.family
    with ExitStack() as stack:
        late = []
        for one, here in alive.each():
            api, place = family.installation.api(other(here)), one.on(other(here))
            planned = api.fault("delay", f"^{place.path}$", method="PATCH", delay_ms=IN_FLIGHT_MS, times=1)
            late.append(stack.enter_context(planned))
            family.edit(one.entity, one.on(here), **{AT_ONCE[one.entity.name][1]: "Under way"})
        for fault, (one, here) in zip(late, alive.each(), strict=True):
            family.installation.until(1, fault.hits)
            family.edit(one.entity, one.on(other(here)), **{AT_ONCE[one.entity.name][2]: "Meanwhile"})

        for one, _ in alive.each():
            _, first, second = AT_ONCE[one.entity.name]
            family.until_equal(one, **{first: "Under way", second: "Meanwhile"})


def test_tidied_up(alive: Alive) -> None:
    """An API that keeps values in its own way: the user's stands on its side, the difference is listed, until a person corrects it."""
    family = alive.family
    with ExitStack() as stack:
        for one, here in alive.each():
            name, how, value, _ = TIDIED[one.entity.name]
            field = one.entity.property(name).on(other(here)).rpartition("+")[2]
            path = "^/items$" if one.on(other(here)).shelf == "items" else f"^{one.on(other(here)).path}$"
            api = family.installation.api(other(here))
            stack.enter_context(api.fault("normalise", path, field=field, how=how))
            family.edit(one.entity, one.on(here), **{name: value})
        for one, here in alive.each():
            name, _, value, kept = TIDIED[one.entity.name]
            wanted = {here: {name: value}, other(here): {name: kept[other(here)]}}
            family.installation.until(wanted, partial(family.shown, one, name))

        family.installation.quiet()
    for one, here in alive.each():
        name, _, value, kept = TIDIED[one.entity.name]
        assert family.shown(one, name) == {here: {name: value}, other(here): {name: kept[other(here)]}}
        assert name in family.link(one.crm)["normalised"][other(here)]
        family.edit(one.entity, one.on(other(here)), **{name: CORRECTED[name]})
    for one, here in alive.each():
        family.until_equal(one, **{TIDIED[one.entity.name][0]: CORRECTED[TIDIED[one.entity.name][0]]})
        assert family.link(one.crm)["normalised"][here] == {}


def test_archived_and_back(alive: Alive) -> None:
    """What one side ends is ended on both, and brought back from either under the same link, with all its values."""
    family, marked = alive.family, {}
    before = {
        one.crm: (family.link(one.crm)["link_id"], family.read(one.invoiced)) for one, _ in alive.each()
    }
    for one, here in alive.each():
        marked[one.crm] = family.shown(one)["crm"]
        family.archive(one.on(here))
    for one, _ in alive.each():
        family.until_in_use(one, False)
    for one, here in alive.each():
        # A contact that is gone in Invoiced comes back from the CRM alone.
        side = "crm" if one.entity is CONTACT else other(here)
        item = before[one.crm][1] if one.entity is PRODUCT else None
        family.restore(one.on(side), item)
    for one, _ in alive.each():
        again = family.both(one.entity, one.crm)
        family.until_equal(again)
        assert family.shown(again)["crm"] == marked[one.crm]
        assert family.link(one.crm)["link_id"] == before[one.crm][0]
        assert (again.invoiced == one.invoiced) == (one.entity is not CONTACT)


def test_nothing_is_left(installation: Installation, alive: Alive) -> None:
    """After all of it nobody has been doubled, and nothing is written any more."""
    installation.quiet()
    for one, _ in alive.each():
        assert alive.family.link(one.crm)["state"] == "linked"
