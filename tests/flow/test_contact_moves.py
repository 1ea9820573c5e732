"""People who change organisation, leave it or join one, and organisations that turn out to be persons: one link each."""

import uuid
from collections.abc import Callable

import pytest

from tests.flow.customer_api import Record
from tests.flow.family_api import Family
from tests.flow.family_records import Both, Place, values_of
from tests.flow.installation import Installation, Pair
from tests.oracle.entities import CONTACT, CUSTOMER, PERSON, Entity

FreshPair = Callable[[], Pair]
Fresh = Callable[[], Record]


@pytest.fixture
def family(installation: Installation) -> Family:
    """What users do with persons and contacts."""
    return Family(installation)


def entered(family: Family, entity: Entity, parent: object = None) -> Place:
    """One of these, entered in the CRM."""
    return family.create(entity, "crm", values_of(entity, uuid.uuid4().hex[:8]), parent)


def replaced(family: Family, before: Both, entity: Entity, link_id: str, keeps: Place, former: Place) -> Both:
    """What a link has become: the former record is out of use and its end went no further."""
    family.installation.until(False, lambda: family.in_use(former))
    after = family.both(entity, keeps)
    link = family.link(keeps)
    assert (link["link_id"], link["flow"], link["state"]) == (link_id, entity.name, "linked")
    assert former.ref in link["former"]
    assert after.on(former.system) != before.on(former.system)
    assert family.in_use(keeps)
    return after


def test_contacts_move_leave_and_join(family: Family, pair: FreshPair) -> None:
    """One changes its CustomerId, one loses it, one gains it: each made anew in Invoiced, an edit on the former arrives."""
    first, second = pair(), pair()
    places = {
        "moves": entered(family, CONTACT, first.crm),
        "leaves": entered(family, CONTACT, first.crm),
        "joins": entered(family, PERSON),
    }
    were = {"moves": CONTACT, "leaves": CONTACT, "joins": PERSON}
    become = {"moves": CONTACT, "leaves": PERSON, "joins": CONTACT}
    before = {name: family.both(were[name], place) for name, place in places.items()}
    links = {name: family.link(place)["link_id"] for name, place in places.items()}
    with family.paused():
        for name, parent in (("moves", second.crm), ("leaves", None), ("joins", second.crm)):
            family.patch(places[name], CustomerId=parent)
            family.edit(were[name], before[name].invoiced, city=f"Edited {name}", phone="+46 99")

    for name, place in places.items():
        former = before[name].invoiced
        one = replaced(family, before[name], become[name], links[name], place, former)
        family.until_equal(one, city=f"Edited {name}", phone="+46 99")
        told = family.read(one.invoiced)
        assert told.get("customer") == (second.invoiced if become[name] is CONTACT else None)
        assert told.get("type") == ("person" if become[name] is PERSON else None)
    # A person who has become a contact is archived, as a customer of Invoiced always is; a contact is deleted.
    assert family.read(before["joins"].invoiced)["active"] is False
    family.installation.quiet()


def test_a_company_and_a_person_change_places(family: Family, pair: FreshPair) -> None:
    """A company becomes a person, a person a company: another record in the CRM, and what was edited on the former arrives."""
    company, person = pair(), entered(family, PERSON)
    before = {
        "company": Both(
            CUSTOMER, Place("invoiced", "customers", company.invoiced), Place("crm", "customers", company.crm)
        ),
        "person": family.both(PERSON, person),
    }
    links = {name: family.link(one.invoiced)["link_id"] for name, one in before.items()}
    with family.paused():
        for name, one in before.items():
            family.patch(one.invoiced, type="person" if name == "company" else "company")
            family.patch(one.crm, City=f"Edited {name}", Phone="+46 98")

    for name, entity in (("company", PERSON), ("person", CUSTOMER)):
        one = replaced(family, before[name], entity, links[name], before[name].invoiced, before[name].crm)
        family.until_equal(one, city=f"Edited {name}", phone="+46 98")
        assert one.crm.shelf == entity.crm.shelf
        assert family.read(before[name].crm)["IsDeleted"] is True
    family.installation.quiet()


def test_a_company_with_contacts_becomes_a_person(family: Family, pair: FreshPair) -> None:
    """It is parked whole, with its contacts named, and nothing is written; it goes on by itself once they are elsewhere."""
    installation, company, elsewhere = family.installation, pair(), pair()
    contact = family.both(CONTACT, entered(family, CONTACT, company.crm))
    here = Place("invoiced", "customers", company.invoiced)
    link_id, since = family.link(here)["link_id"], installation.marks()
    family.patch(here, type="person")

    installation.until("parked", lambda: family.link(here)["state"])

    installation.settle()
    entry = next(one for one in installation.every("parked") if one["link_id"] == link_id)
    assert (entry["direction"], entry["cause"]) == ("to-crm", "children")
    assert contact.crm.ref in entry["message"] or contact.invoiced.ref in entry["message"]
    assert installation.writes(since) == []
    assert installation.crm.get(company.crm)["IsDeleted"] is False
    family.patch(contact.crm, CustomerId=elsewhere.crm)
    installation.until(False, lambda: family.in_use(contact.invoiced))
    family.until_equal(family.both(CONTACT, contact.crm))

    installation.until(True, lambda: installation.crm.get(company.crm)["IsDeleted"])
    family.until_equal(family.both(PERSON, here))
    assert family.link(here)["link_id"] == link_id
    installation.quiet()
