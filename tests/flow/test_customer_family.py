"""Records beside their neighbours: persons, parents, merged and deleted customers."""

from collections.abc import Callable

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record, other
from tests.flow.installation import Installation, Pair

FreshPair = Callable[[], Pair]
Fresh = Callable[[], Record]
both_sides = pytest.mark.parametrize("here", SYSTEMS)


def parents(installation: Installation, child: Pair) -> dict[str, object]:
    """The parent's id as either side shows it."""
    return {
        "invoiced": installation.invoiced.get(child.invoiced)["parent_customer"],
        "crm": installation.crm.get(child.crm)["ParentId"],
    }


def ids(pair: Pair) -> dict[str, object]:
    """One organisation's ids, by side."""
    return {system: pair.on(system) for system in SYSTEMS}


def test_a_person_becomes_a_company(installation: Installation, organisation: Fresh) -> None:
    """A customer of type person is a Contact of the CRM; once it is a company, a Customer takes its place."""
    values = organisation()
    made = installation.invoiced.create(**values, type="person")
    installation.until("linked", lambda: installation.link("invoiced", made).get("state"))
    person = installation.link("invoiced", made)
    assert (person["flow"], installation.crm.named(values["name"])) == ("person", [])
    contact = installation.crm.http.get(f"/contacts/{person['crm'].split(':')[2]}").json()
    assert f"{contact['FirstName']} {contact['LastName']}" == values["name"]

    installation.invoiced.edit(made, type="company")

    installation.until_both(installation.born(values["name"], "invoiced"), **values)
    company = installation.link("invoiced", made)
    assert (company["flow"], company["link_id"]) == ("customer", person["link_id"])
    gone = lambda: installation.crm.http.get(f"/contacts/{contact['Id']}").json()["IsDeleted"]  # noqa: E731  # read often
    installation.until(True, gone)
    installation.quiet()


@both_sides
def test_a_parent_is_named_changed_and_taken_away(
    installation: Installation, pair: FreshPair, here: Name
) -> None:
    """A parent is the same organisation on both sides, whichever ids it has there; another one and none follow."""
    child, first, second = pair(), pair(), pair()
    api = installation.api(here)

    api.edit(child.on(here), parent=first.on(here))
    installation.until(ids(first), lambda: parents(installation, child))
    api.edit(child.on(here), parent=second.on(here))
    installation.until(ids(second), lambda: parents(installation, child))
    installation.api(other(here)).edit(child.on(other(here)), parent=None)
    installation.until({"invoiced": None, "crm": None}, lambda: parents(installation, child))

    installation.quiet()


@both_sides
def test_a_family_born_at_once(installation: Installation, organisation: Fresh, here: Name) -> None:
    """A parent and its children made in one round, the parent last to be named: all arrive, each under its parent."""
    family = [organisation() for _ in range(3)]
    api = installation.api(here)
    made = [api.create(**values) for values in family]
    api.edit(made[0], parent=made[1])
    api.edit(made[1], parent=made[2])

    child, parent, grandparent = (installation.born(values["name"], here) for values in family)

    installation.until(ids(parent), lambda: parents(installation, child))
    installation.until(ids(grandparent), lambda: parents(installation, parent))
    installation.quiet()


def test_a_parent_that_has_no_counterpart(
    installation: Installation, pair: FreshPair, organisation: Fresh
) -> None:
    """A parent that is a person leaves the other side's parent empty and blocks nothing; once it is a company, it follows."""
    child, values = pair(), organisation()
    made = installation.invoiced.create(**values, type="person")
    installation.invoiced.edit(child.invoiced, parent=made, city="Arrives")

    installation.until_both(child, city="Arrives")
    assert parents(installation, child) == {"invoiced": made, "crm": None}
    installation.invoiced.edit(made, type="company")

    parent = installation.born(values["name"], "invoiced")
    installation.until(ids(parent), lambda: parents(installation, child))
    installation.quiet()


def test_parents_in_a_circle(installation: Installation, pair: FreshPair) -> None:
    """Each side names the other's child as parent at once: neither API takes a circle, and Tandem does not try for ever."""
    one, two = pair(), pair()
    since = installation.marks()
    installation.invoiced.edit(one.invoiced, parent=two.invoiced)
    installation.crm.edit(two.crm, parent=one.crm)

    installation.settle(rounds=2)

    installation.quiet()
    assert parents(installation, one)["invoiced"] == two.invoiced
    assert parents(installation, two)["crm"] == one.crm
    refused = [
        installation.link("crm", two.crm)["refused"]["invoiced"],
        installation.link("invoiced", one.invoiced)["refused"]["crm"],
    ]
    assert all("parent" in listed for listed in refused)
    assert len(installation.writes(since)) <= 4


def test_deleted_in_invoiced_and_restored_in_the_crm(installation: Installation, pair: FreshPair) -> None:
    """A hard delete in Invoiced archives in the CRM; its restore there makes a new Invoiced customer of the same link."""
    one = pair()
    values = installation.shown(one)["crm"]
    before = installation.link("crm", one.crm)
    installation.invoiced.destroy(one.invoiced)
    installation.until(True, lambda: installation.crm.get(one.crm)["IsDeleted"])
    assert installation.crm.get(one.crm)["IsActive"] is False
    installation.quiet()

    installation.crm.restore(one.crm)

    again = installation.born(values["name"], "crm")
    installation.until_both(again, **{**values, "active": True})
    link = installation.link("crm", one.crm)
    assert again.crm == one.crm
    assert again.invoiced != one.invoiced
    assert link["link_id"] == before["link_id"]
    assert link["former"] == [installation.invoiced.ref(one.invoiced)]
    installation.quiet()


def test_purged_in_the_crm(installation: Installation, pair: FreshPair) -> None:
    """A CRM record that is gone for good takes its Invoiced customer out of use, and deletes nothing."""
    one = pair()
    installation.crm.destroy(one.crm)
    installation.invoiced.edit(one.invoiced, notes="Written against a record that is gone")

    installation.until(False, lambda: installation.invoiced.get(one.invoiced)["active"])

    installation.quiet()


def test_merged_in_invoiced(installation: Installation, pair: FreshPair) -> None:
    """Of two customers merged in Invoiced the loser's CRM record is archived; the winner stays in step, children move."""
    winner, loser, child = pair(), pair(), pair()
    installation.invoiced.edit(child.invoiced, parent=loser.invoiced)
    installation.until(ids(loser), lambda: parents(installation, child))

    installation.invoiced.http.post(
        f"/customers/{winner.invoiced}/merge", json={"customer": loser.invoiced}
    ).raise_for_status()

    installation.until(True, lambda: installation.crm.get(loser.crm)["IsDeleted"])
    installation.until(ids(winner), lambda: parents(installation, child))
    installation.invoiced.edit(winner.invoiced, city="Still In Step")
    installation.until_both(winner, city="Still In Step", active=True)
    installation.quiet()
