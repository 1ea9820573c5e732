"""What both systems begin with is taken by both, stands where it should, and is written once."""

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from starlette.testclient import TestClient

from sandbox import crm as crm_room
from sandbox import invoiced as invoiced_room
from sandbox.seed import organisations, writing

PATHS = ("/customers", "/items")
CRM_PATHS = ("/customers", "/contacts", "/products")


@pytest.fixture
def systems() -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Both systems, with their organisations only."""
    bearer = {"Authorization": "Bearer crm-user"}
    with (
        TestClient(invoiced_room.create_app(), base_url="http://invoiced") as invoiced,
        TestClient(crm_room.create_app(), base_url="http://crm", headers=bearer) as crm,
    ):
        invoiced.auth = ("inv-user", "")
        for record in organisations.in_invoiced():
            invoiced.post("/customers", json=record).raise_for_status()
        for record in organisations.in_crm():
            crm.post("/customers", json=record).raise_for_status()
        # Starlette's client has httpx's own surface, whichever of its generations it is made of.
        yield cast("httpx.Client", invoiced), cast("httpx.Client", crm)


def everything(api: httpx.Client, paths: tuple[str, ...]) -> list[Any]:
    return [api.get(path, params={"per_page": 100}).raise_for_status().json() for path in paths]


def contacts_of(invoiced: httpx.Client) -> dict[str, list[str]]:
    """The names of the contacts below each customer of Invoiced."""
    customers = invoiced.get("/customers", params={"per_page": 100}).json()
    return {
        each["name"]: sorted(one["name"] for one in found)
        for each in customers
        if (found := invoiced.get(f"/customers/{each['id']}/contacts").json())
    }


def test_a_second_run_writes_nothing(systems: tuple[httpx.Client, httpx.Client]) -> None:
    """Every record is taken as it is, and what is there already stays."""
    invoiced, crm = systems
    writing.everything(*systems)
    before = (everything(invoiced, PATHS), contacts_of(invoiced), everything(crm, CRM_PATHS))
    writing.everything(*systems)

    assert before == (everything(invoiced, PATHS), contacts_of(invoiced), everything(crm, CRM_PATHS))


def test_persons_stand_on_both_sides_on_one_and_one_is_ambiguous(
    systems: tuple[httpx.Client, httpx.Client],
) -> None:
    """Invoiced's persons are customers of that type, the CRM's Contacts of no Customer; one number has two names."""
    writing.persons(*systems)
    invoiced, crm = everything(systems[0], PATHS[:1])[0], everything(systems[1], CRM_PATHS[1:2])[0]
    here = {one["number"]: one["name"] for one in invoiced if one["type"] == "person"}
    there = {
        one["ContactNumber"]: f"{one['FirstName'] or ''} {one['LastName']}".strip()
        for one in crm
        if one["CustomerId"] is None
    }
    shared = here.keys() & there.keys()

    assert (len(here), len(there), len(crm)) == (6, 5, 5)
    assert {number for number in shared if here[number] == there[number]} == {"P-201", "P-202", "P-203"}
    assert {number for number in shared if here[number] != there[number]} == {"P-207"}


def test_contacts_stand_below_their_organisations(systems: tuple[httpx.Client, httpx.Client]) -> None:
    """Some are known to both, some to one, some below an organisation only one side knows."""
    writing.contacts(*systems)
    invoiced, crm = systems
    names = {one["Id"]: one["Name"] for one in everything(crm, CRM_PATHS[:1])[0]}
    there = {
        (names[one["CustomerId"]], f"{one['FirstName']} {one['LastName']}")
        for one in everything(crm, CRM_PATHS[1:2])[0]
    }
    here = {(name, one) for name, found in contacts_of(invoiced).items() for one in found}
    own = {one["name"] for one in everything(invoiced, PATHS[:1])[0]}

    assert len(here & there) == 3
    assert ("Maison Lefèvre SARL", "Hélène Dupont") in here
    assert "Maison Lefèvre SARL" not in names.values()
    assert ("Atelier Verde Lda", "Rui Costa") in there
    assert "Atelier Verde Lda" not in own


def test_prices_arrive_exactly(systems: tuple[httpx.Client, httpx.Client]) -> None:
    """A price is a JSON number in Invoiced and the text as typed in the CRM; one name has two codes."""
    writing.catalogue(*systems)
    invoiced, crm = systems
    here = {one["id"]: one for one in everything(invoiced, PATHS[1:])[0]}
    there = {one["ProductCode"]: one for one in everything(crm, CRM_PATHS[2:])[0]}

    assert here.keys() & there.keys() == {"PUMP-40", "VALVE-DN25", "INSTALL-H"}
    assert '"unit_cost":1249.9' in invoiced.get("/items/PUMP-40").text.replace(" ", "")
    assert (there["PUMP-40"]["UnitPrice"], there["CABLE-M"]["UnitPrice"]) == ("1249.90", "0.1275")
    assert here["FILTER-S"]["name"] == there["FILTR-S"]["Name"]
