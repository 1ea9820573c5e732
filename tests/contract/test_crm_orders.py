"""Orders in the reference CRM: who ordered, when, for how much, to where; lines stand in test_crm_lines.py."""

from typing import Any

import httpx
import pytest

CUSTOMER, OTHER, CONTACT = "CUS00000001", "CUS00000002", "CON00000001"
BUYER = {"CustomerId": CUSTOMER}


@pytest.fixture
async def crm(crm: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a CRM with the customers CUS00000001 and CUS00000002 and the contact CON00000001."""
    for name in ("Acme", "Initech"):
        await crm.post("/customers", json={"Name": name})
    await crm.post("/contacts", json={"LastName": "Lovelace"})
    return crm


async def made(crm: httpx.AsyncClient, **properties: Any) -> dict[str, Any]:
    """A new order as answered."""
    response = await crm.post("/orders", json=properties if "ContactId" in properties else BUYER | properties)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def listed(crm: httpx.AsyncClient, **params: Any) -> list[str]:
    """The Ids of the orders a list shows."""
    response = await crm.get("/orders", params=params)
    assert response.status_code == 200, response.text
    return [record["Id"] for record in response.json()]


def refused(response: httpx.Response) -> tuple[int, Any]:
    """Status and the property at fault."""
    return response.status_code, response.json()["Error"]["Field"]


async def test_a_new_order_is_whole(crm: httpx.AsyncClient) -> None:
    """Every property is shown: a draft that is not paid, without lines, the rest empty."""
    response = await crm.post("/orders", json=BUYER)
    read = await crm.get(response.headers["Location"])
    full = {name: value for name, value in read.json().items() if value is not None}

    assert (response.json(), response.headers["ETag"]) == (read.json(), '"1"')
    assert full.pop("CreatedAt") == full.pop("UpdatedAt")
    assert full == {
        "Id": "ORD00000001",
        "Version": 1,
        "IsDeleted": False,
        "CustomerId": CUSTOMER,
        "IsDraft": True,
        "IsPaid": False,
        "Lines": [],
    }


async def test_exactly_one_of_customer_and_contact_ordered(crm: httpx.AsyncClient) -> None:
    """None or both are refused with the property that is missing or too much; one request changes from one to the other."""
    at = "/orders/" + (await made(crm))["Id"]
    none = [await crm.post("/orders", json={}), await crm.patch(at, json={"CustomerId": None})]
    both = [await crm.post("/orders", json={**BUYER, "ContactId": CONTACT})]
    both.append(await crm.patch(at, json={"ContactId": CONTACT}))
    person = await crm.patch(at, json={"CustomerId": None, "ContactId": CONTACT})
    both_again = await crm.patch(at, json={"CustomerId": OTHER})
    company = await crm.patch(at, json={"CustomerId": OTHER, "ContactId": None})

    assert [refused(each) for each in none] == [(422, "CustomerId")] * 2
    assert [refused(each) for each in both] == [(422, "ContactId")] * 2
    assert refused(both_again) == (422, "CustomerId")
    assert (person.json()["CustomerId"], person.json()["ContactId"]) == (None, CONTACT)
    assert (company.json()["CustomerId"], company.json()["ContactId"]) == (OTHER, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("CustomerId", "CUS00000009"),
        ("CustomerId", CONTACT),
        ("OrderNumber", ""),
        ("Currency", "eur"),
        ("OrderDate", "2026-01-31"),
        ("OrderDate", "2026-02-30T00:00:00Z"),
        ("OrderDate", "0001-01-01T00:00:00+23:59"),
        ("DueDate", "2026-01-31T00:00:00"),
        ("DueDate", 1767225600),
        ("DiscountAmount", 0.1),
        ("TotalAmount", "1,50"),
        ("IsDraft", "no"),
        ("Status", 1),
        ("Lines", {}),
        ("ShippingAddress", "Storgatan 1"),
        ("Amount", "1"),
        ("Version", 2),
    ],
)
async def test_a_value_that_cannot_be_taken_is_named(crm: httpx.AsyncClient, field: str, value: Any) -> None:
    """Both POST and PATCH answer 422 with the property at fault, and nothing changes."""
    order = await made(crm)
    answers = [
        await crm.post("/orders", json={**BUYER, field: value}),
        await crm.patch(f"/orders/{order['Id']}", json={"Notes": "1", field: value}),
    ]

    assert [refused(each) for each in answers] == [(422, field)] * 2
    assert (await crm.get("/orders")).json() == [order]


async def test_an_unknown_contact_is_named(crm: httpx.AsyncClient) -> None:
    """A customer's Id is no contact's."""
    answers = [
        await crm.post("/orders", json={"ContactId": CUSTOMER}),
        await crm.post("/orders", json={"ContactId": "CON00000009"}),
    ]

    assert [refused(each) for each in answers] == [(422, "ContactId")] * 2


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"),
        ("2026-01-31T01:30:00.5+02:00", "2026-01-30T23:30:00.500Z"),
        ("2026-01-31T12:00:00.0019z", "2026-01-31T12:00:00.001Z"),
        (None, None),
    ],
)
async def test_a_date_is_an_instant_shown_in_utc(crm: httpx.AsyncClient, sent: Any, shown: Any) -> None:
    """Any offset is taken; what is shown is UTC with milliseconds, finer parts cut off."""
    order = await made(crm, OrderDate=sent)
    patched = await crm.patch(f"/orders/{order['Id']}", json={"DueDate": sent})

    assert (order["OrderDate"], patched.json()["DueDate"]) == (shown, shown)


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("EUR", "0.30"), ("EUR", "0.1"), ("JPY", "12345"), ("KWD", "1.005"), ("EUR", "-3.00"), (None, "9" * 28)],
)
async def test_amounts_are_kept_to_the_digit(
    crm: httpx.AsyncClient, currency: str | None, amount: str
) -> None:
    """Whatever the currency, each amount of an order is answered as it was written."""
    names = ("DiscountAmount", "TaxAmount", "Subtotal", "TotalAmount", "BalanceDue")
    order = await made(crm, Currency=currency, **dict.fromkeys(names, amount))

    assert {order[name] for name in names} == {amount}


async def test_a_patch_goes_into_the_shipping_address(crm: httpx.AsyncClient) -> None:
    """What is absent in it stays, null clears one property or the whole; a value at fault is named by dots."""
    order = await made(crm, ShippingAddress={"Name": "Dock 4", "City": "Lund", "Country": "SE"})
    at = f"/orders/{order['Id']}"
    inner = (await crm.patch(at, json={"ShippingAddress": {"City": None, "ZipCode": "221 00"}})).json()
    wrong = [
        await crm.patch(at, json={"ShippingAddress": each})
        for each in ({"Country": "Sweden"}, {"Town": "Lund"})
    ]
    gone = (await crm.patch(at, json={"ShippingAddress": None})).json()
    again = (await crm.patch(at, json={"ShippingAddress": {"City": "Malmö"}})).json()

    assert set(order["ShippingAddress"].values()) == {"Dock 4", "Lund", "SE", None}
    empty = dict.fromkeys(order["ShippingAddress"])
    assert inner["ShippingAddress"] == {**empty, "Name": "Dock 4", "Country": "SE", "ZipCode": "221 00"}
    assert [refused(each) for each in wrong] == [
        (422, "ShippingAddress.Country"),
        (422, "ShippingAddress.Town"),
    ]
    assert (gone["ShippingAddress"], again["ShippingAddress"]) == (None, {**empty, "City": "Malmö"})
    assert again["Version"] == 4


async def test_orders_are_found_by_number_and_buyer(crm: httpx.AsyncClient) -> None:
    """Each filter is exact and they combine; two orders may have one number; a changed buyer changes the lists."""
    one = (await made(crm, OrderNumber="7", ExternalId="x:1"))["Id"]
    two = (await made(crm, OrderNumber="7", ContactId=CONTACT))["Id"]
    await made(crm, CustomerId=OTHER)

    assert await listed(crm, OrderNumber="7") == [one, two]
    assert await listed(crm, CustomerId=CUSTOMER) == await listed(crm, external_id="x:1") == [one]
    assert (
        await listed(crm, ContactId=CONTACT) == await listed(crm, ContactId=CONTACT, OrderNumber="7") == [two]
    )
    assert (
        await listed(crm, ContactId=CONTACT, CustomerId=CUSTOMER)
        == await listed(crm, CustomerId=CONTACT)
        == []
    )
    await crm.patch(f"/orders/{one}", json={"CustomerId": None, "ContactId": CONTACT})
    await crm.delete(f"/orders/{two}")
    assert (await listed(crm, CustomerId=CUSTOMER), await listed(crm, ContactId=CONTACT)) == ([], [one])
    assert await listed(crm, ContactId=CONTACT, include_deleted="true") == [one, two]


async def test_orders_come_in_pages_by_stamp(crm: httpx.AsyncClient) -> None:
    """Pages are bare arrays by (UpdatedAt, Id) with Link and X-Total-Count; updated_since includes its own moment."""
    orders = [await made(crm, OrderNumber=str(number)) for number in range(3)]
    await crm.post("/_sandbox/clock", json={"offset_s": 1})  # stamps of one millisecond are in order of Ids
    await crm.patch(f"/orders/{orders[0]['Id']}", json={"Notes": "edited"})
    page = await crm.get("/orders", params={"per_page": 2})
    since = orders[2]["UpdatedAt"]

    assert [record["OrderNumber"] for record in page.json()] == ["1", "2"]
    assert (page.headers["X-Total-Count"], page.links["next"]["url"][-1]) == ("3", "2")
    assert await listed(crm, per_page=2, page=2) == [orders[0]["Id"]]
    assert {orders[2]["Id"], orders[0]["Id"]} <= set(await listed(crm, updated_since=since))


async def test_an_order_is_guarded_deleted_and_restored(crm: httpx.AsyncClient) -> None:
    """Another version is 412, a deleted order is read, and a patch brings it back with its lines."""
    order = await made(crm, Lines=[{"Name": "Pump"}])
    at = f"/orders/{order['Id']}"
    stale = [
        await crm.request(verb, at, json={}, headers={"If-Match": '"9"'}) for verb in ("PATCH", "DELETE")
    ]
    await crm.delete(at, headers={"If-Match": '"1"'})
    gone = (await crm.get(at)).json()
    back = (await crm.patch(at, json={"IsDeleted": False})).json()

    assert [refused(each) for each in stale] == [(412, "Version")] * 2
    assert [(each["IsDeleted"], each["Version"]) for each in (gone, back)] == [(True, 2), (False, 3)]
    assert back["Lines"] == order["Lines"]


async def test_an_order_is_created_once(crm: httpx.AsyncClient) -> None:
    """The same Idempotency-Key repeats the answer, and a second order with its ExternalId is told the first."""
    body, key = {**BUYER, "ExternalId": "x:1", "Lines": [{"Name": "Pump"}]}, {"Idempotency-Key": "k"}
    first, again = [await crm.post("/orders", json=body, headers=key) for _ in range(2)]
    other = await crm.post("/orders", json=body)

    assert (first.json(), first.headers["Location"]) == (again.json(), again.headers["Location"])
    assert (refused(other), other.json()["Error"]["ExistingId"]) == ((409, "ExternalId"), first.json()["Id"])
    assert await listed(crm) == [first.json()["Id"]]
