"""Single customers in the reference CRM: created, patched, deleted, restored, referred to."""

from typing import Any

import httpx
import pytest


async def made(crm: httpx.AsyncClient, **properties: Any) -> dict[str, Any]:
    """A new customer as answered."""
    response = await crm.post("/customers", json={"Name": "Acme", **properties})
    assert response.status_code == 201, response.text
    return dict(response.json())


def refused(response: httpx.Response) -> tuple[int, Any]:
    """Status and the property at fault."""
    return response.status_code, response.json()["Error"]["Field"]


async def test_a_new_customer_is_whole_and_can_be_read_where_location_says(crm: httpx.AsyncClient) -> None:
    """POST answers 201 with every property, defaults filled, and names the record's address and version."""
    response = await crm.post("/customers", json={"Name": "Acme", "ExternalId": "x:1"})
    read = await crm.get(response.headers["Location"])

    assert (response.status_code, response.headers["ETag"]) == (201, '"1"')
    assert (response.json(), '"1"') == (read.json(), read.headers["ETag"])
    assert tuple(read.json()[name] for name in ("IsActive", "IsDeleted", "Version")) == (True, False, 1)
    assert read.json()["CustomerNumber"] is None


@pytest.mark.parametrize("key", [None, "Bearer wrong", "Basic crm-user"])
async def test_an_unknown_key_is_refused(crm: httpx.AsyncClient, key: str | None) -> None:
    """Without one of the two keys nothing is told."""
    del crm.headers["Authorization"]
    response = await crm.get("/customers", headers={} if key is None else {"Authorization": key})

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", None),
        ("Name", ""),
        ("Name", "x" * 256),
        ("Name", 7),
        ("Email", "nobody"),
        ("Country", "Sweden"),
        ("Country", "se"),
        ("Currency", "eur"),
        ("Language", "EN"),
        ("IsActive", "yes"),
        ("ParentId", "CUS99999999"),
        ("IsDeleted", None),
        ("Id", "mine"),
        ("Version", 2),
        ("Nickname", "A"),
    ],
)
async def test_a_value_that_cannot_be_taken_is_named(crm: httpx.AsyncClient, field: str, value: Any) -> None:
    """Both POST and PATCH answer 422 with the property at fault, and nothing changes."""
    customer = await made(crm)
    posted = await crm.post("/customers", json={"Name": "B", field: value})
    patched = await crm.patch(f"/customers/{customer['Id']}", json={"Phone": "1", field: value})

    assert [(422, field)] * 2 == [refused(posted), refused(patched)]
    assert [customer] == (await crm.get("/customers")).json()


async def test_a_patch_touches_what_it_names_and_clears_what_is_null(crm: httpx.AsyncClient) -> None:
    """A merge patch leaves absent properties alone."""
    customer = await made(crm, Phone="1", Fax="2", IsActive=False)
    patch = {"Phone": None, "City": "Lund", "IsActive": None}
    after = (await crm.patch(f"/customers/{customer['Id']}", json=patch)).json()

    assert tuple(after[name] for name in ("Phone", "Fax", "City", "IsActive")) == (None, "2", "Lund", True)
    assert (2, customer["CreatedAt"]) == (after["Version"], after["CreatedAt"])


async def test_every_change_has_a_later_stamp_even_when_the_clock_goes_back(crm: httpx.AsyncClient) -> None:
    """UpdatedAt rises strictly with each version."""
    customer = await made(crm)
    await crm.post("/_sandbox/clock", json={"offset_s": -3600})
    stamps = [customer["UpdatedAt"]]
    for phone in range(20):
        after = await crm.patch(f"/customers/{customer['Id']}", json={"Phone": str(phone)})
        stamps.append(after.json()["UpdatedAt"])

    assert stamps == sorted(set(stamps))


async def test_a_write_that_changes_nothing_keeps_version_and_stamp(crm: httpx.AsyncClient) -> None:
    """An equal patch is answered with the record as it was."""
    customer = await made(crm, Phone="1")
    same = {"Phone": "1", "Name": "Acme", "IsDeleted": False}
    response = await crm.patch(f"/customers/{customer['Id']}", json=same)

    assert (200, customer) == (response.status_code, response.json())


async def test_a_write_for_another_version_is_refused(crm: httpx.AsyncClient) -> None:
    """If-Match guards PATCH and DELETE; the answer tells the present version."""
    customer = await made(crm)
    at = f"/customers/{customer['Id']}"
    stale = {"If-Match": '"1"'}
    await crm.patch(at, json={"Phone": "2"}, headers=stale)
    patched = await crm.patch(at, json={"Phone": "3"}, headers=stale)
    deleted = await crm.delete(at, headers=stale)
    kept = (await crm.get(at)).json()

    assert [refused(patched), refused(deleted)] == [(412, "Version")] * 2
    assert (patched.headers["ETag"], kept["Phone"], kept["IsDeleted"]) == ('"2"', "2", False)
    assert (await crm.delete(at, headers={"If-Match": '"2"'})).status_code == 204


async def test_a_deleted_customer_can_be_read_edited_and_restored(crm: httpx.AsyncClient) -> None:
    """DELETE is soft and may be repeated; a patch of IsDeleted takes it back."""
    customer = await made(crm)
    at = f"/customers/{customer['Id']}"
    gone = [(await crm.delete(at)).status_code for _ in range(2)]
    deleted = (await crm.get(at)).json()
    edited = (await crm.patch(at, json={"Phone": "1"})).json()
    restored = (await crm.patch(at, json={"IsDeleted": False})).json()

    assert gone == [204, 204]
    assert [(image["IsDeleted"], image["Version"]) for image in (deleted, edited, restored)] == [
        (True, 2),
        (True, 3),
        (False, 4),
    ]


async def test_a_purged_customer_is_gone(crm: httpx.AsyncClient) -> None:
    """With purge the Id names nothing any more, and is not given again."""
    customer = await made(crm)
    at = f"/customers/{customer['Id']}"
    assert (await crm.delete(at, params={"purge": "true"})).status_code == 204

    assert [
        (await crm.request(method, at, json={})).status_code for method in ("GET", "PATCH", "DELETE")
    ] == [404] * 3
    assert customer["Id"] != (await made(crm))["Id"]


async def test_an_external_id_belongs_to_one_record_deleted_or_not(crm: httpx.AsyncClient) -> None:
    """A second record with the same ExternalId is refused, and the answer names the first."""
    first, second = await made(crm, ExternalId="x:1"), await made(crm)
    await crm.delete(f"/customers/{first['Id']}")
    posted = await crm.post("/customers", json={"Name": "B", "ExternalId": "x:1"})
    patched = await crm.patch(f"/customers/{second['Id']}", json={"ExternalId": "x:1"})
    own = await crm.patch(f"/customers/{first['Id']}", json={"ExternalId": "x:1"})

    assert [refused(posted), refused(patched)] == [(409, "ExternalId")] * 2
    assert first["Id"] == posted.json()["Error"]["ExistingId"] == patched.json()["Error"]["ExistingId"]
    assert own.status_code == 200


async def test_parents_form_no_cycle(crm: httpx.AsyncClient) -> None:
    """A customer cannot be its own parent, nor that of one above it."""
    top = await made(crm)
    middle = await made(crm, ParentId=top["Id"])
    bottom = await made(crm, ParentId=middle["Id"])
    at = f"/customers/{top['Id']}"
    answers = [await crm.patch(at, json={"ParentId": below["Id"]}) for below in (top, bottom)]

    assert [refused(answer) for answer in answers] == [(422, "ParentId")] * 2
    assert (await crm.patch(at, json={"ParentId": None})).status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 422),
        ("Name=A", "application/x-www-form-urlencoded", 415),
        ('{"Name": "\\ud800"}', "application/json", 400),
    ],
)
async def test_a_body_that_is_no_record_is_refused(
    crm: httpx.AsyncClient, content: str, kind: str, status: int
) -> None:
    """Bodies that are not JSON, not an object or not announced as JSON each have their answer."""
    response = await crm.post("/customers", content=content, headers={"Content-Type": kind})

    assert (status, None) == refused(response)


async def test_a_path_of_nothing_is_not_found(crm: httpx.AsyncClient) -> None:
    """What the contract does not name answers 404 with the error body."""
    response = await crm.get("/invoices")

    assert refused(response) == (404, None)
