"""Lines inside invoices of the Invoiced simulator: a written list is the new full set."""

from typing import Any

import httpx
import pytest

from tests.contract.invoiced_records import (
    changed,
    create,
    create_invoice,
    create_item,
    later,
    switch,
    told,
)

ONE = "/invoices/1"
# the fact sheet of the API, section 2.5
SHOWN = (
    "id object catalog_item type name description quantity unit_cost amount discountable taxable discounts taxes "
    "plan subscription period_start period_end prorated metadata created_at updated_at"
)
THREE = [{"name": name, "unit_cost": 10} for name in "ABC"]


async def fill(invoiced: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The lines of a customer's invoice, A, B and C with the ids 1, 2 and 3."""
    await create(invoiced)
    return list((await create_invoice(invoiced, items=THREE))["items"])


async def test_a_line_shows_every_field(invoiced: httpx.AsyncClient) -> None:
    """Nothing is needed: one of something without a name that costs nothing; it names no customer."""
    await create(invoiced)
    (line,) = (await create_invoice(invoiced, items=[{}]))["items"]

    assert set(line) == set(SHOWN.split())
    assert (line["id"], line["object"], line["quantity"], line["unit_cost"]) == (1, "line_item", 1, 0)
    assert (line["discountable"], line["taxable"], line["metadata"]) == (True, True, {})


async def test_the_list_is_the_new_full_set(invoiced: httpx.AsyncClient) -> None:
    """An entry with id is changed field by field, one without is new, those left out are gone; order as written."""
    before = await fill(invoiced)
    await later(invoiced)
    after = await changed(invoiced, ONE, items=[{"id": 3, "quantity": 2}, {"name": "D"}, {"id": 1}])
    third, new, first = after["items"]

    assert (third["id"], third["name"], third["quantity"], third["amount"]) == (3, "C", 2, 20)
    assert (new["id"], new["name"]) == (4, "D")
    assert first == before[0]
    assert third["created_at"] == before[2]["created_at"] < third["updated_at"]
    assert (after["subtotal"], after["total"], after["balance"]) == (30, 30, 30)


async def test_items_left_out_stay_and_null_clears(invoiced: httpx.AsyncClient) -> None:
    """A PATCH without `items` touches no line; null and an empty list leave none."""
    before = await fill(invoiced)
    untouched = await changed(invoiced, ONE, notes="n")
    await switch(invoiced, zero_total_is_paid=False)
    none = await changed(invoiced, ONE, items=[])
    still_none = await changed(invoiced, ONE, items=None)

    assert untouched["items"] == before
    assert (none["items"], none["total"], still_none["items"]) == ([], 0, [])


@pytest.mark.parametrize("ids", [[9], [1, 1], ["x"], [4]])
async def test_an_id_of_no_line_of_the_invoice_is_refused(
    invoiced: httpx.AsyncClient, ids: list[Any]
) -> None:
    """Unknown, named twice, no number, another invoice's: 400, and nothing is changed."""
    before = await fill(invoiced)
    await create_invoice(invoiced)
    answer = await invoiced.patch(ONE, json={"items": [{"id": each, "name": "X"} for each in ids]})

    assert (answer.status_code, answer.json()["param"]) == (400, "items")
    assert (await invoiced.get(ONE)).json()["items"] == before


async def test_the_old_lines_are_told(invoiced: httpx.AsyncClient) -> None:
    """`invoice.updated` holds the whole old list; no event of a line comes with it."""
    before = await fill(invoiced)
    await changed(invoiced, ONE, items=[{"id": 1, "name": "Z"}, {"id": 2}, {"id": 3}])
    event = (await told(invoiced, "invoice"))[0]

    assert event["data"]["previous"] == {"items": before}
    assert [line["name"] for line in event["data"]["object"]["items"]] == ["Z", "B", "C"]
    assert await told(invoiced, "line_item") == []


async def test_the_catalogue_fills_what_is_omitted(invoiced: httpx.AsyncClient) -> None:
    """Name, description, type, price, flags and taxes come from the item, what is written wins, and all of it stays."""
    await create(invoiced)
    await create_item(
        invoiced, id="sku", description="d", type="t", unit_cost="3.85", taxable=False, taxes=["vat"]
    )
    entries = [{"catalog_item": "sku"}, {"catalog_item": "sku", "name": "Mine", "unit_cost": 1}]
    filled, mine = (await create_invoice(invoiced, items=entries))["items"]
    await invoiced.patch("/items/sku", json={"name": "Other"})
    await invoiced.delete("/items/sku")
    after = await changed(invoiced, ONE, items=[{"id": 1, "quantity": 2}, {"id": 2}])

    assert [filled[name] for name in ("catalog_item", "name", "description", "type", "taxable")] == [
        "sku",
        "Hammer",
        "d",
        "t",
        False,
    ]
    assert str(filled["unit_cost"]) == "3.85"
    assert filled["taxes"][0]["tax_rate"]["id"] == "vat"
    assert (mine["name"], mine["description"], mine["unit_cost"]) == ("Mine", "d", 1)
    assert (after["items"][0]["name"], str(after["items"][0]["amount"])) == ("Hammer", "7.7")


async def test_an_archived_item_sells_no_more(invoiced: httpx.AsyncClient) -> None:
    """Between deleting and recreating an item, a line that sells it is refused; then it has the new price."""
    await fill(invoiced)
    await create_item(invoiced, id="sku", unit_cost=5)
    await invoiced.delete("/items/sku")
    entry = {"items": [{"catalog_item": "sku"}]}
    refused = await invoiced.patch(ONE, json=entry)
    await create_item(invoiced, id="sku", unit_cost=6)

    assert (refused.status_code, refused.json()["param"]) == (400, "catalog_item")
    assert (await changed(invoiced, ONE, **entry))["total"] == 6


async def test_what_a_line_sells_stays(invoiced: httpx.AsyncClient) -> None:
    """Another or no item for a line that is there answers 400; the same one is fine."""
    await create(invoiced)
    for id_ in ("one", "two"):
        await create_item(invoiced, id=id_)
    await create_invoice(invoiced, items=[{"catalog_item": "one", "unit_cost": 1}])
    for other in ("two", None):
        answer = await invoiced.patch(ONE, json={"items": [{"id": 1, "catalog_item": other}]})
        assert (answer.status_code, answer.json()["param"]) == (400, "catalog_item")

    assert (await changed(invoiced, ONE, items=[{"id": 1, "catalog_item": "one", "name": "X"}]))["items"][0][
        "name"
    ] == "X"


@pytest.mark.parametrize(("replace", "kept"), [(True, {"b": "2"}), (False, {"a": 1, "b": "2"})])
async def test_a_lines_metadata_is_a_map_like_any(
    invoiced: httpx.AsyncClient, *, replace: bool, kept: dict[str, Any]
) -> None:
    """It is kept, left alone when not named, and replaced or merged as the switch for metadata has it."""
    await create(invoiced)
    await switch(invoiced, metadata_replace=replace)
    await create_invoice(invoiced, items=[{"unit_cost": 1, "metadata": {"a": 1}}])
    left = await changed(invoiced, ONE, items=[{"id": 1, "name": "X"}])
    after = await changed(invoiced, ONE, items=[{"id": 1, "metadata": {"b": "2"}}])

    assert left["items"][0]["metadata"] == {"a": 1}
    assert after["items"][0]["metadata"] == kept


async def test_lines_come_as_a_form_too(invoiced: httpx.AsyncClient) -> None:
    """A form numbers its lines, every value is text."""
    await create(invoiced)
    form = {"customer": "1", "items[0][name]": "A", "items[0][unit_cost]": "0.5", "items[1][name]": "B"}
    invoice = (await invoiced.post("/invoices", data=form)).json()

    assert [(line["name"], line["amount"]) for line in invoice["items"]] == [("A", 0.5), ("B", 0)]


async def test_an_api_may_change_what_it_keeps_of_lines(invoiced: httpx.AsyncClient) -> None:
    """A planned `normalise` with dots reaches every line, and the log shows what was really sent."""
    await fill(invoiced)
    faults = (
        {"field": "items.name", "how": "truncate:3"},
        {"field": "items.quantity", "how": "round:1"},
        {"field": "items.metadata.note", "how": "drop"},
    )
    for fault in faults:
        planned = {"kind": "normalise", "path": f"^{ONE}$", **fault}
        assert (await invoiced.post("/_sandbox/faults", json=planned)).status_code == 201
    sent = [{"name": "Hammer", "quantity": 1.25, "metadata": {"note": "x", "k": "y"}}, {"name": "Rope"}]
    lines = (await changed(invoiced, ONE, items=sent))["items"]
    logged = (await invoiced.get("/_sandbox/requests?writes=1")).json()["requests"][-1]

    assert [line["name"] for line in lines] == ["Ham", "Rop"]
    assert (str(lines[0]["quantity"]), lines[0]["metadata"]) == ("1.3", {"k": "y"})
    assert logged["body"]["items"] == sent
