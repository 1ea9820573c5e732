"""Lists of customers in the reference CRM: order, filters, pages."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest


@pytest.fixture
async def crm(crm: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a CRM with five customers, numbered 0 to 4, of which number 3 is deleted."""
    for number in range(5):
        body = {"Name": "n", "CustomerNumber": str(number), "ExternalId": f"x:{number}"}
        response = await crm.post("/customers", json=body)
        if number == 3:
            await crm.delete(response.headers["Location"])
    return crm


async def numbers(crm: httpx.AsyncClient, **params: Any) -> list[str]:
    """The customer numbers a list shows."""
    response = await crm.get("/customers", params=params)
    assert response.status_code == 200, response.text
    assert "Link" in response.headers
    return [record["CustomerNumber"] for record in response.json()]


def links(response: httpx.Response) -> dict[str, str]:
    """The addresses of the Link header by rel."""
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', response.headers["Link"])}


async def test_a_list_is_ordered_by_stamp_and_hides_deleted_records(crm: httpx.AsyncClient) -> None:
    """An edited record moves to the end; deleted ones show when asked for."""
    first = (await crm.get("/customers", params={"CustomerNumber": "0"})).json()[0]
    await crm.patch(f"/customers/{first['Id']}", json={"Phone": "1"})
    listed = (await crm.get("/customers", params={"include_deleted": "true"})).json()

    assert await numbers(crm) == ["1", "2", "4", "0"]
    assert [record["CustomerNumber"] for record in listed] == ["1", "2", "3", "4", "0"]
    assert listed == sorted(listed, key=lambda record: (record["UpdatedAt"], record["Id"]))


async def test_filters_are_exact(crm: httpx.AsyncClient) -> None:
    """CustomerNumber and external_id find the one record, a deleted one only when asked for."""
    assert ["2"] == await numbers(crm, CustomerNumber="2") == await numbers(crm, external_id="x:2")
    assert [] == await numbers(crm, external_id="x:3") == await numbers(crm, CustomerNumber="")
    assert await numbers(crm, external_id="x:3", include_deleted="true") == ["3"]


async def test_updated_since_is_inclusive(crm: httpx.AsyncClient) -> None:
    """The record of that very millisecond is listed, the one before is not; offsets and finer fractions count."""
    fourth = (await crm.get("/customers", params={"CustomerNumber": "4"})).json()[0]
    since = datetime.fromisoformat(fourth["UpdatedAt"])
    later = since + timedelta(microseconds=1)
    other_zone = since.astimezone(timezone(timedelta(hours=2))).isoformat()

    assert "4" in await numbers(crm, updated_since=fourth["UpdatedAt"])
    assert "4" in await numbers(crm, updated_since=other_zone)
    assert await numbers(crm, updated_since=later.isoformat()) == []


async def test_pages_lead_through_the_whole_list(crm: httpx.AsyncClient) -> None:
    """Following `next` shows every record once; first, prev and last are told, and the total."""
    seen, url, pages = [], "/customers?per_page=2&include_deleted=1", []
    while url:
        response = await crm.get(url)
        seen += [record["CustomerNumber"] for record in response.json()]
        pages.append(set(links(response)))
        url = links(response).get("next", "")

    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert [{"first", "next", "last"}, {"first", "prev", "next", "last"}, {"first", "prev", "last"}] == pages
    assert response.headers["X-Total-Count"] == "5"
    assert "include_deleted=1" in links(response)["prev"]


async def test_a_page_past_the_end_is_empty_and_leads_back(crm: httpx.AsyncClient) -> None:
    """There is no next, and prev is the last page there is."""
    response = await crm.get("/customers", params={"page": 9, "per_page": 2})

    assert response.json() == []
    assert "next" not in links(response)
    assert "page=2" in links(response)["prev"]


async def test_per_page_is_clamped(crm: httpx.AsyncClient) -> None:
    """More than 200 gives 200."""
    for number in range(200):
        await crm.post("/customers", json={"Name": str(number)})

    assert len(await numbers(crm, per_page=1000)) == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("updated_since", "yesterday"),
        ("updated_since", "2026-01-01T00:00:00"),
        ("updated_since", "2026-13-01T00:00:00Z"),
        ("page", "0"),
        ("page", "-1"),
        ("per_page", "many"),
        ("include_deleted", "maybe"),
        ("externalid", "x:1"),
    ],
)
async def test_a_question_that_cannot_be_understood_is_refused(
    crm: httpx.AsyncClient, name: str, value: str
) -> None:
    """A misspelt filter must not find everything."""
    response = await crm.get("/customers", params={name: value})

    assert (422, name) == (response.status_code, response.json()["Error"]["Field"])
