"""Catalogue items of the Invoiced simulator: ids of text, prices for good, a delete that archives, no events."""

import re
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import create_item

# the fact sheet of the API, section 2.4
SHOWN = (
    "id object name description type metadata unit_cost currency taxable discountable taxes gl_account "
    "avalara_tax_code avalara_location_code created_at updated_at"
)


async def ids(invoiced: httpx.AsyncClient, query: str = "") -> list[str]:
    """The ids a list shows."""
    answer = await invoiced.get(f"/items?{query}")
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()]


async def test_a_new_item_shows_every_field(invoiced: httpx.AsyncClient) -> None:
    """Only a name is needed: the id is six random characters, it costs nothing in the account's currency."""
    item, other = await create_item(invoiced), await create_item(invoiced)

    assert set(item) == set(SHOWN.split())
    assert re.fullmatch("[a-z0-9]{6}", item["id"])
    assert item["id"] != other["id"]
    assert (item["object"], item["unit_cost"], item["currency"]) == ("item", 0, "usd")
    assert (item["taxable"], item["discountable"], item["taxes"], item["metadata"]) == (True, True, [], {})
    assert (await invoiced.get(f"/items/{item['id']}")).json() == item


async def test_a_chosen_id_is_kept_and_unique(invoiced: httpx.AsyncClient) -> None:
    """The caller's id stays, also one that looks like a number; a taken one is refused."""
    await create_item(invoiced, id="SKU_1:a-b")
    number = await create_item(invoiced, id="007")
    taken = await invoiced.post("/items", json={"name": "B", "id": "SKU_1:a-b"})

    assert number["id"] == "007"
    assert (await invoiced.get("/items/SKU_1:a-b")).json()["name"] == "Hammer"
    assert (taken.status_code, taken.json()["param"]) == (400, "id")
    assert await ids(invoiced) == ["007", "SKU_1:a-b"]
    assert (await invoiced.get("/items/7")).status_code == 404


async def test_money_is_exact(invoiced: httpx.AsyncClient) -> None:
    """A price no float can hold comes back digit by digit, as a JSON number, in lists and after edits too."""
    exact = "12345678901234567.1234567891"
    headers = {"Content-Type": "application/json"}
    raw = f'{{"id":"sku","name":"A","unit_cost":{exact}}}'
    made = await invoiced.post("/items", content=raw, headers=headers)
    changed = await invoiced.patch("/items/sku", json={"name": "B"})
    cents = await create_item(invoiced, unit_cost="3.850")

    for answer in (made, changed, await invoiced.get("/items"), await invoiced.get("/items/sku")):
        assert f'"unit_cost":{exact},' in answer.text
    assert cents["unit_cost"] == Decimal("3.85")


@pytest.mark.parametrize("name", ["id", "unit_cost", "currency", "taxable", "discountable", "taxes"])
async def test_what_a_create_sets_stays(invoiced: httpx.AsyncClient, name: str) -> None:
    """A PATCH of a create-only field answers 400 and names it, the present value too; nothing else is written."""
    before = await create_item(invoiced, id="sku", unit_cost=5, taxes=["vat"])
    answer = await invoiced.patch("/items/sku", json={"description": "new", name: before[name]})

    assert (answer.status_code, answer.json()["param"]) == (400, name)
    assert (await invoiced.get("/items/sku")).json() == before


async def test_the_rest_can_be_changed(invoiced: httpx.AsyncClient) -> None:
    """Name, description, type, ledger account and metadata; what is left out stays, null clears."""
    await create_item(invoiced, id="sku", description="d", metadata={"a": "1"}, unit_cost=5)
    change = {"description": None, "type": "service", "gl_account": "3000", "metadata": {"b": 2}}
    await invoiced.post("/_sandbox/clock", json={"offset_s": 60})
    item = (await invoiced.patch("/items/sku", json=change)).json()

    assert {name: item[name] for name in change} == change
    assert (item["name"], item["unit_cost"]) == ("Hammer", 5)
    assert item["updated_at"] > item["created_at"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": ""}, "name"),
        ({"id": "x"}, "id"),
        ({"id": "æøå"}, "id"),
        ({"unit_cost": "much"}, "unit_cost"),
        ({"currency": "kr"}, "currency"),
        ({"taxable": "perhaps"}, "taxable"),
        ({"taxes": [{}]}, "taxes"),
        ({"metadata": {"k": "x" * 256}}, "metadata"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    invoiced: httpx.AsyncClient, fields: dict[str, Any], param: str
) -> None:
    """A refused field answers 400 and names itself, and nothing is stored."""
    answer = await invoiced.post("/items", json={"name": "A", **fields})

    assert (answer.status_code, answer.json()["param"]) == (400, param)
    assert await ids(invoiced) == []


async def test_a_price_changes_by_delete_and_create(invoiced: httpx.AsyncClient) -> None:
    """DELETE archives: 404, out of the list; the id is free, `created_at` restarts, each archived one is listed."""
    first = await create_item(invoiced, id="sku", unit_cost=5, metadata={"a": "1"})
    deleted = await invoiced.delete("/items/sku")
    between = (await invoiced.get("/items/sku")).status_code, await ids(invoiced, "metadata[a]=1")
    await invoiced.post("/_sandbox/clock", json={"offset_s": 60})
    second = await create_item(invoiced, id="sku", unit_cost=6, metadata={"a": "1"})
    await invoiced.delete("/items/sku")
    third = await create_item(invoiced, id="sku", unit_cost=7)

    assert (deleted.status_code, deleted.content, between) == (204, b"", (404, []))
    assert second["created_at"] > first["created_at"]
    assert (await invoiced.get("/items")).json() == [third]
    archived = await invoiced.get("/items?archived=1&sort=unit_cost&metadata[a]=1&filter[id]=sku")
    assert [each["unit_cost"] for each in archived.json()] == [5, 6]
    assert await ids(invoiced, "archived=0") == ["sku"]
    assert (await invoiced.delete("/items/other")).status_code == 404


async def test_items_tell_nothing(invoiced: httpx.AsyncClient) -> None:
    """No event of any kind for a whole life."""
    await create_item(invoiced, id="sku")
    await invoiced.patch("/items/sku", json={"name": "B"})
    await invoiced.delete("/items/sku")

    assert (await invoiced.get("/events")).json() == []


async def test_a_list_filters_but_not_by_time(invoiced: httpx.AsyncClient) -> None:
    """Filters, metadata, sort and pages work; `updated_after` is ignored until its switch is turned."""
    await create_item(invoiced, id="aa", type="service", unit_cost=10)
    await invoiced.post("/_sandbox/clock", json={"offset_s": 60})
    at = (await create_item(invoiced, id="bb", unit_cost=9, metadata={"crm_id": "7"}))["updated_at"]

    assert await ids(invoiced, "filter[type]=service") == ["aa"]
    assert await ids(invoiced, "filter[unit_cost]=9.00") == ["bb"]
    assert await ids(invoiced, "metadata[crm_id]=7") == ["bb"]
    assert await ids(invoiced, "sort=unit_cost&per_page=1") == ["bb"]
    assert await ids(invoiced, f"updated_after={at - 1}") == ["aa", "bb"]
    await invoiced.put("/_sandbox/switches", json={"invoiced.items_updated_after_ignored": False})
    assert await ids(invoiced, f"updated_after={at - 1}") == ["bb"]


async def test_a_write_that_changes_nothing_leaves_no_trace(invoiced: httpx.AsyncClient) -> None:
    """The same values again: same `updated_at`, although the clock moved."""
    before = await create_item(invoiced, id="sku", metadata={"a": "1"})
    await invoiced.post("/_sandbox/clock", json={"offset_s": 100})

    assert (await invoiced.patch("/items/sku", json={"name": "Hammer"})).json() == before
