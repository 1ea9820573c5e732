"""Organisations with contacts that turn out to be persons: nothing is begun that would leave a contact without one."""

import uuid
from collections.abc import Callable

import pytest

from tests.flow.customer_api import Record
from tests.flow.family_api import Family
from tests.flow.family_records import Place, values_of
from tests.flow.installation import Installation, Pair
from tests.oracle.entities import CONTACT, PERSON, Entity

FreshPair = Callable[[], Pair]
Fresh = Callable[[], Record]


@pytest.fixture
def family(installation: Installation) -> Family:
    """What users do with persons and contacts."""
    return Family(installation)


def entered(family: Family, entity: Entity, parent: object = None) -> Place:
    """One of these, entered in the CRM."""
    return family.create(entity, "crm", values_of(entity, uuid.uuid4().hex[:8]), parent)


def test_a_company_with_contacts_becomes_a_person(family: Family, pair: FreshPair) -> None:
    """It is parked whole, with its contacts named, and nothing is written; once they are elsewhere, a replay follows."""
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

    installation.ask("parked", "replay", entry["id"])

    installation.until(True, lambda: installation.crm.get(company.crm)["IsDeleted"])
    family.until_equal(family.both(PERSON, here))
    assert family.link(here)["link_id"] == link_id
    installation.quiet()
