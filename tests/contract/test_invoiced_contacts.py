"""Contacts of the Invoiced simulator: below their customer, told with it, gone or moved with it."""

from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import create, create_contact

CONTACTS = "/customers/1/contacts"
# the fact sheet of the API, section 2.2, with what was seen live
SHOWN = (
    "id object name title department email phone primary sms_enabled address1 address2 city state postal_code "
    "country created_at updated_at customer customer_id send_new_invoices role"
)


async def put(invoiced: httpx.AsyncClient, **switches: bool) -> None:
    """Turns switches."""
    named = {f"invoiced.{name}": position for name, position in switches.items()}
    assert (await invoiced.put("/_sandbox/switches", json=named)).status_code == 200


async def told(invoiced: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The events of contacts, newest first."""
    return list((await invoiced.get("/events?type=contact")).json())


async def test_a_new_contact_shows_every_field(invoiced: httpx.AsyncClient) -> None:
    """Only a name is needed; the parent is that of the address whatever the body says; no metadata is kept."""
    await create(invoiced, country="NO")
    contact = await create_contact(invoiced, customer_id=9, metadata={"a": "1"}, email="a@x.no", country="")

    assert set(contact) == set(SHOWN.split())
    assert (contact["id"], contact["object"], contact["name"]) == (1, "contact", "Ada")
    assert (contact["customer"], contact["customer_id"]) == (1, 1)
    assert (contact["primary"], contact["sms_enabled"], contact["country"]) == (True, False, "NO")
    assert (await invoiced.get(f"{CONTACTS}/1")).json() == contact


async def test_a_contact_is_changed_field_by_field(invoiced: httpx.AsyncClient) -> None:
    """A field left out stays, null clears, an emptied country is the customer's again, the customer stays as it is."""
    customer = await create(invoiced)
    await create_contact(invoiced, title="CEO", phone="1", country="NO", primary=False)
    await invoiced.post("/_sandbox/clock", json={"offset_s": 60})
    changed = (await invoiced.patch(f"{CONTACTS}/1", json={"phone": None, "country": None})).json()

    assert (changed["title"], changed["phone"], changed["country"]) == ("CEO", None, "US")
    assert changed["primary"] is False
    assert changed["updated_at"] > changed["created_at"]
    assert (await invoiced.get("/customers/1")).json() == customer


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"email": "nobody"}, "email"),
        ({"country": "NOR"}, "country"),
        ({"primary": "perhaps"}, "primary"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    invoiced: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    """A refused field answers 400 and names itself, on create and on update, and nothing is stored or told."""
    await create(invoiced)
    made = await invoiced.post(CONTACTS, json={"name": "Ada", **fields})
    before = await create_contact(invoiced)
    changed = await invoiced.patch(f"{CONTACTS}/1", json=fields)

    for answer in (made, changed):
        assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert (await invoiced.get(CONTACTS)).json() == [before]
    assert len(await told(invoiced)) == 1


async def test_a_contact_is_found_below_its_customer_only(invoiced: httpx.AsyncClient) -> None:
    """Another customer's address, an unknown customer and a list of all contacts are 404."""
    await create(invoiced)
    await create(invoiced)
    await create_contact(invoiced)

    for method in ("GET", "PATCH", "DELETE"):
        assert (await invoiced.request(method, "/customers/2/contacts/1")).status_code == 404
    assert (await invoiced.get("/customers/2/contacts")).json() == []
    assert (await invoiced.get("/customers/3/contacts")).status_code == 404
    assert (await invoiced.post("/customers/3/contacts", json={"name": "A"})).status_code == 404
    assert (await invoiced.get("/contacts")).status_code == 404


async def test_a_list_is_sorted_and_paged_and_filtered_by_nothing(invoiced: httpx.AsyncClient) -> None:
    """No filter, no metadata, no updated_after: each is ignored; another customer's contacts are not there."""
    await create(invoiced)
    await create(invoiced)
    for name, customer in (("B", 1), ("X", 2), ("A", 1), ("C", 1)):
        await create_contact(invoiced, customer, name=name)
    asked = f"{CONTACTS}?filter[name]=A&filter[x]=1&metadata[a]=1&updated_after=99999999999&sort=name desc"
    page = await invoiced.get(f"{asked}&per_page=2")

    assert [each["name"] for each in page.json()] == ["C", "B"]
    assert page.headers["X-Total-Count"] == "3"
    assert 'rel="next"' in page.headers["Link"]
    assert (await invoiced.get(f"{CONTACTS}?sort=colour")).json()["param"] == "sort"


async def test_a_life_is_told_with_the_customer_expanded(invoiced: httpx.AsyncClient) -> None:
    """Created, updated with the old values, deleted: `data.object.customer` is the whole customer each time."""
    customer = await create(invoiced)
    contact = await create_contact(invoiced)
    changed = (await invoiced.patch(f"{CONTACTS}/1", json={"phone": "1"})).json()
    gone = await invoiced.delete(f"{CONTACTS}/1")
    deleted, updated, created = await told(invoiced)

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await invoiced.get(f"{CONTACTS}/1")).status_code == 404
    assert [each["type"] for each in (created, updated, deleted)] == [
        "contact.created",
        "contact.updated",
        "contact.deleted",
    ]
    assert created["data"] == {"object": {**contact, "customer": customer}}
    assert updated["data"] == {"object": {**changed, "customer": customer}, "previous": {"phone": None}}
    assert deleted["data"] == {"object": {**changed, "customer": customer}}


async def test_without_the_parent_in_sight_everything_else_is_as_before(invoiced: httpx.AsyncClient) -> None:
    """With the extras off no answer names the customer, `expand` too; events still hold it expanded."""
    await create(invoiced)
    await put(invoiced, contact_names_customer=False)
    made = await create_contact(invoiced)
    changed = (await invoiced.patch(f"{CONTACTS}/1", json={"phone": "1"})).json()
    listed = (await invoiced.get(f"{CONTACTS}?expand=customer")).json()

    for shown in (made, changed, *listed):
        assert set(shown) == set(SHOWN.split()) - {"customer", "customer_id"}
    assert (await told(invoiced))[0]["data"]["object"]["customer"]["id"] == 1
    assert "customer_id" not in (await told(invoiced))[0]["data"]["object"]


async def test_contacts_go_with_their_customer(invoiced: httpx.AsyncClient) -> None:
    """A deleted customer's contacts are gone, nobody else's; `contact.deleted` comes first where it comes."""
    for customer in (1, 2):
        await create(invoiced)
        await create_contact(invoiced, customer)
    await put(invoiced, contacts_follow_silently=False)
    await invoiced.delete("/customers/1")
    events = [each["type"] for each in (await invoiced.get("/events?per_page=2")).json()]

    assert (await invoiced.get(f"{CONTACTS}/1")).status_code == 404
    assert events == ["customer.deleted", "contact.deleted"]
    assert len((await invoiced.get("/customers/2/contacts")).json()) == 1


async def test_a_merge_moves_contacts_to_the_winner(invoiced: httpx.AsyncClient) -> None:
    """The loser's contacts keep their ids below the winner; told, the event holds who it was before."""
    for customer in (1, 2):
        await create(invoiced)
        await create_contact(invoiced, customer)
    await put(invoiced, contacts_follow_silently=False)
    await invoiced.post("/customers/1/merge", json={"customer": 2})
    moved = (await invoiced.get(f"{CONTACTS}/2")).json()
    event = (await told(invoiced))[0]

    assert (moved["customer"], moved["customer_id"]) == (1, 1)
    assert [each["id"] for each in (await invoiced.get(CONTACTS)).json()] == [1, 2]
    assert event["type"] == "contact.updated"
    assert event["data"]["previous"] == {"customer": 2, "customer_id": 2}
    assert event["data"]["object"]["customer"]["id"] == 1


async def test_a_write_that_changes_nothing_leaves_no_trace(invoiced: httpx.AsyncClient) -> None:
    """The same values and the same parent again: same `updated_at`, although the clock moved, and no event."""
    await create(invoiced)
    before = await create_contact(invoiced)
    await invoiced.post("/_sandbox/clock", json={"offset_s": 100})
    after = await invoiced.patch(f"{CONTACTS}/1", json={"name": "Ada", "customer": 1})

    assert after.json() == before
    assert len(await told(invoiced)) == 1
