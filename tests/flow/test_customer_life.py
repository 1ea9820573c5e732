"""The life of an organisation on either side: made, changed, emptied, taken out of use and brought back."""

from collections.abc import Callable

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record, other, show
from tests.flow.first_records import whole
from tests.flow.installation import Installation, Pair

FreshPair = Callable[[], Pair]
Fresh = Callable[[], Record]
both_sides = pytest.mark.parametrize("here", SYSTEMS)
# Either system refuses a customer without a name, Invoiced one without a number.
EMPTY = dict.fromkeys(whole("x").keys() - {"name", "number"})
ELSEWHERE = {
    "attention_to": "Reskontra",
    "address2": "4 tr",
    "city": "Malmö",
    "state": "Bleka",
    "postal_code": "33333",
    "country": "NO",
    "language": "nb",
    "currency": "NOK",
    "payment_terms": "NET 60",
}


@both_sides
def test_created(installation: Installation, organisation: Fresh, here: Name) -> None:
    """A new organisation is made on the other side, once and whole, by one write; the CRM's is told its reference."""
    values, since = organisation(), installation.marks()

    made = installation.api(here).create(**values)

    pair = installation.born(values["name"], here)
    installation.until_both(pair, **values, active=True)
    installation.quiet()
    assert pair.on(here) == made
    told = [one["body"].keys() for one in installation.writes_about(since, "crm", pair.crm)]
    assert [one for one in installation.writes(since) if one[0] == "POST"] == [
        ("POST", f"{other(here)}/customers")
    ]
    assert told == ([] if here == "invoiced" else [{"ExternalId"}])
    assert installation.writes_about(since, "invoiced", pair.invoiced) == []
    assert installation.link(here, made)["state"] == "linked"


def test_defaults_of_a_new_record_flow_back(installation: Installation, organisation: Fresh) -> None:
    """What Invoiced fills in by itself when a record is made there reaches the CRM, where it was empty, once."""
    name, since = organisation()["name"], installation.marks()
    installation.crm.create(name=name)

    pair = installation.born(name, "crm")
    installation.until({}, lambda: installation.differences(pair))
    filled = show("crm", installation.crm.get(pair.crm))
    installation.quiet()

    assert filled["number"].startswith("CUST-")
    assert len(filled["currency"]) == 3
    assert len(installation.writes_about(since, "crm", pair.crm)) == 1


@both_sides
def test_edited_and_emptied(
    installation: Installation, pair: FreshPair, organisation: Fresh, here: Name
) -> None:
    """New values of every property reach the other side by one write, and so do emptied ones; then all is quiet."""
    edited, emptied, there = pair(), pair(), other(here)
    values = organisation() | ELSEWHERE
    since = installation.marks()

    installation.api(here).edit(edited.on(here), **values)
    installation.api(here).edit(emptied.on(here), **EMPTY)

    installation.until_both(edited, **values, active=True)
    installation.until_both(emptied, **EMPTY, active=True)
    installation.quiet()
    for one in (edited, emptied):
        assert len(installation.writes_about(since, there, one.on(there))) == 1
        assert installation.writes_about(since, here, one.on(here)) == []


@both_sides
def test_archived_and_back(installation: Installation, pair: FreshPair, here: Name) -> None:
    """A record out of use is out of use on both sides; either side brings it back, with what was edited meanwhile."""
    one, two, there = pair(), pair(), other(here)
    for archived in (one, two):
        installation.api(here).archive(archived.on(here))
    installation.until_both(one, active=False)
    installation.until_both(two, active=False)
    installation.api(there).edit(one.on(there), city="Umeå")
    installation.settle()
    assert installation.shown(one, "city")[here] == {"city": "Lund"}

    installation.api(here).restore(one.on(here))
    installation.api(there).restore(two.on(there))

    installation.until_both(one, active=True, city="Umeå")
    installation.until_both(two, active=True)
    installation.quiet()


@both_sides
def test_our_write_taken_back_at_once(installation: Installation, pair: FreshPair, here: Name) -> None:
    """A user who puts the old value back before our write was polled has made an edit: it stands on both sides."""
    one, there = pair(), other(here)
    installation.api(here).edit(one.on(here), city="Not For Long")
    installation.until({"city": "Not For Long"}, lambda: installation.shown(one, "city")[there])

    installation.api(there).edit(one.on(there), city="Lund")

    installation.until_both(one, city="Lund")
    installation.quiet()
