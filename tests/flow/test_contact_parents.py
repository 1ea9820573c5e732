"""A contact waits for its organisation, is listed with what keeps that, and follows once it is there."""

import uuid
from collections.abc import Callable

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record, other
from tests.flow.family_api import Family
from tests.flow.family_records import Place, values_of
from tests.flow.installation import Installation
from tests.oracle.entities import CONTACT, PERSON

Fresh = Callable[[], Record]
REFUSAL = {"crm": 422, "invoiced": 400}


@pytest.fixture
def family(installation: Installation) -> Family:
    """What users do with contacts."""
    return Family(installation)


def listed(family: Family, place: Place) -> tuple[str, str]:
    """The state and the cause under which a contact that stands in no link is listed."""
    entries = family.installation.every("links", "--unlinked")
    return next(
        ((str(one["state"]), str(one["cause"])) for one in entries if one["ref"] == place.ref), ("", "")
    )


def contact(family: Family, system: Name, parent: object) -> tuple[Place, Record]:
    """A new contact of a customer."""
    values = values_of(CONTACT, uuid.uuid4().hex[:8])
    return family.create(CONTACT, system, values, parent), values


@pytest.mark.parametrize("here", SYSTEMS)
def test_behind_a_parked_organisation(family: Family, organisation: Fresh, here: Name) -> None:
    """Entered with its organisation, which the other side refuses: both are listed, and both arrive by one replay."""
    installation, there, values = family.installation, other(here), organisation()
    refused = {"method": "POST", "status": REFUSAL[there], "message": "not this one"}
    with installation.api(there).fault("error", "^/customers$", **refused):
        parent = installation.api(here).create(**values)
        made, told = contact(family, here, parent)
        installation.until("parked", lambda: installation.link(here, parent).get("state"))
        installation.settle()
        state, cause = listed(family, made)
        assert state == "waiting"
        assert f"{here}:customer:{parent}, which is parked" in cause.replace("its", "", 0)
        assert "not this one" in cause

    entry = next(
        one
        for one in installation.every("parked")
        if one["link_id"] == installation.link(here, parent)["link_id"]
    )
    installation.ask("parked", "replay", entry["id"])

    one = family.both(CONTACT, made)
    family.until_equal(one, **told)
    assert family.read(one.on(there))[
        {"crm": "CustomerId", "invoiced": "customer"}[there]
    ] == installation.born(values["name"], here).on(there)


def test_behind_an_ambiguous_organisation(family: Family, organisation: Fresh) -> None:
    """Two organisations share a number: their contacts are listed with that cause, and follow what a person decides."""
    installation, number = family.installation, uuid.uuid4().hex[:8]
    parents = {
        system: installation.api(system).create(**organisation() | {"number": number}) for system in SYSTEMS
    }
    people = {system: contact(family, system, parents[system]) for system in SYSTEMS}
    refs = {system: installation.api(system).ref(parents[system]) for system in SYSTEMS}
    waits = {"invoiced": ("waiting", True), "crm": ("waiting", True)}

    def look() -> dict[str, tuple[str, bool]]:
        found = {system: listed(family, people[system][0]) for system in SYSTEMS}
        return {
            system: (state, f"{refs[system]}, which is review" in cause)
            for system, (state, cause) in found.items()
        }

    installation.until(waits, look)
    installation.ask("review", "join", refs["invoiced"], refs["crm"])

    for system in SYSTEMS:
        made, told = people[system]
        one = family.both(CONTACT, made)
        family.until_equal(one, **told)
        assert family.read(one.crm)["CustomerId"] == parents["crm"]
        assert family.read(one.invoiced)["customer"] == parents["invoiced"]
    installation.quiet()


def test_of_a_person(family: Family) -> None:
    """Whoever stands below a person in Invoiced has no Customer to name in the CRM: listed with why, and never made."""
    installation, since = family.installation, family.installation.marks()
    person = family.create(PERSON, "invoiced", values_of(PERSON, uuid.uuid4().hex[:8]))
    made, told = contact(family, "invoiced", person.id)
    there = family.both(PERSON, person).crm

    wanted = f"waits for its customer {person.ref}, whose counterpart {there.ref} is no customer and cannot be named as one"
    installation.until(("waiting", wanted), lambda: listed(family, made))

    installation.settle()
    assert family.posts(since, told["email"]) == []
    family.patch(person, type="company")
    one = family.both(CONTACT, made)
    family.until_equal(one, **told)
    assert (
        f"crm:customer:{family.read(one.crm)['CustomerId']}"
        == installation.link("invoiced", person.id)["crm"]
    )
    assert not family.in_use(there)
    installation.quiet()
