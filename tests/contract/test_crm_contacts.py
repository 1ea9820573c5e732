"""Contacts in the reference CRM: people of a customer and people of their own, listed by whom they belong to."""

from typing import Any

import httpx
import pytest

ADA = {"FirstName": "Ada", "LastName": "Lovelace"}


@pytest.fixture
async def crm(crm: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a CRM with the customers CUS00000001 and CUS00000002."""
    for name in ("Acme", "Initech"):
        await crm.post("/customers", json={"Name": name})
    return crm


async def made(crm: httpx.AsyncClient, **properties: Any) -> dict[str, Any]:
    """A new contact as answered."""
    response = await crm.post("/contacts", json={**ADA, **properties})
    assert response.status_code == 201, response.text
    return dict(response.json())


async def listed(crm: httpx.AsyncClient, **params: str) -> list[str]:
    """The Ids of the contacts a list shows."""
    response = await crm.get("/contacts", params=params)
    assert response.status_code == 200, response.text
    return [record["Id"] for record in response.json()]


async def test_a_new_contact_is_whole(crm: httpx.AsyncClient) -> None:
    """Every property is shown, with defaults; without a CustomerId it is a person of its own."""
    response = await crm.post("/contacts", json=ADA)
    read = await crm.get(response.headers["Location"])

    assert (response.json(), response.headers["ETag"]) == (read.json(), '"1"')
    assert {name: read.json()[name] for name in ("IsPrimary", "IsActive", "IsDeleted", "CustomerId")} == {
        "IsPrimary": False,
        "IsActive": True,
        "IsDeleted": False,
        "CustomerId": None,
    }


async def test_contacts_are_listed_by_their_customer(crm: httpx.AsyncClient) -> None:
    """CustomerId and ContactNumber are exact filters; a contact that moves or is deleted leaves the list."""
    one = (await made(crm, CustomerId="CUS00000001"))["Id"]
    two = (await made(crm, CustomerId="CUS00000001", ContactNumber="7"))["Id"]
    alone = (await made(crm))["Id"]

    assert await listed(crm, CustomerId="CUS00000001") == [one, two]
    assert await listed(crm, ContactNumber="7") == [two]
    await crm.patch(f"/contacts/{one}", json={"CustomerId": "CUS00000002"})
    await crm.delete(f"/contacts/{two}")
    assert await listed(crm, CustomerId="CUS00000001") == []
    assert await listed(crm, CustomerId="CUS00000001", include_deleted="true") == [two]
    assert await listed(crm, CustomerId="CUS00000002") == [one]
    assert await listed(crm) == [alone, one]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("CustomerId", "CUS00000009"),
        ("CustomerId", "CON00000001"),
        ("CustomerId", ""),
        ("CustomerId", 1),
        ("LastName", None),
        ("LastName", ""),
        ("FirstName", 7),
        ("IsPrimary", "yes"),
        ("Email", "nobody"),
        ("Name", "Ada Lovelace"),
    ],
)
async def test_a_value_that_cannot_be_taken_is_named(crm: httpx.AsyncClient, field: str, value: Any) -> None:
    """Both POST and PATCH answer 422 with the property at fault, and nothing changes."""
    contact = await made(crm)
    answers = [
        await crm.post("/contacts", json={**ADA, field: value}),
        await crm.patch(f"/contacts/{contact['Id']}", json={"Phone": "1", field: value}),
    ]

    assert [(each.status_code, each.json()["Error"]["Field"]) for each in answers] == [(422, field)] * 2
    assert (await crm.get("/contacts")).json() == [contact]


async def test_a_contact_becomes_a_person_and_comes_back(crm: httpx.AsyncClient) -> None:
    """CustomerId is cleared by null, and taken again also of a customer that is deleted."""
    contact = await made(crm, CustomerId="CUS00000001")
    at = f"/contacts/{contact['Id']}"
    person = (await crm.patch(at, json={"CustomerId": None})).json()
    await crm.delete("/customers/CUS00000001")
    again = await crm.patch(at, json={"CustomerId": "CUS00000001"}, headers={"If-Match": '"2"'})

    assert (person["CustomerId"], person["Version"]) == (None, 2)
    assert (again.status_code, again.json()["CustomerId"]) == (200, "CUS00000001")


async def test_a_deleted_contact_is_read_and_restored(crm: httpx.AsyncClient) -> None:
    """DELETE is soft, guarded by If-Match, and taken back by a patch."""
    contact = await made(crm, CustomerId="CUS00000001", IsPrimary=True)
    at = f"/contacts/{contact['Id']}"
    stale = await crm.delete(at, headers={"If-Match": '"9"'})
    await crm.delete(at, headers={"If-Match": '"1"'})
    gone = (await crm.get(at)).json()
    back = (await crm.patch(at, json={"IsDeleted": False})).json()

    assert (stale.status_code, gone["IsDeleted"], back["IsDeleted"]) == (412, True, False)
    assert (back["CustomerId"], back["IsPrimary"], back["Version"]) == ("CUS00000001", True, 3)


async def test_an_external_id_is_unique_among_contacts(crm: httpx.AsyncClient) -> None:
    """A second contact with it is refused and told the first; a customer may have the same one."""
    first = await made(crm, ExternalId="x:1")
    second = await crm.post("/contacts", json={**ADA, "ExternalId": "x:1"})
    customer = await crm.post("/customers", json={"Name": "B", "ExternalId": "x:1"})

    assert (second.status_code, second.json()["Error"]["ExistingId"]) == (409, first["Id"])
    assert customer.status_code == 201
    assert await listed(crm, external_id="x:1") == [first["Id"]]


async def test_a_filter_of_another_entity_is_refused(crm: httpx.AsyncClient) -> None:
    """Customers cannot be asked by CustomerId: the answer would be all of them."""
    response = await crm.get("/customers", params={"CustomerId": "CUS00000001"})

    assert (response.status_code, response.json()["Error"]["Field"]) == (422, "CustomerId")
