"""The reference CRM in both positions of each of its switches: totals of its own, and whether a draft comes back."""

from typing import Any

import httpx
import pytest

from sandbox.crm.switches import SWITCHES

COMPUTED, BACK = "crm.totals_computed", "crm.draft_returns"
BUYER = {"CustomerId": "CUS00000001"}


@pytest.fixture
async def crm(crm: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of a CRM with the customer CUS00000001."""
    await crm.post("/customers", json={"Name": "Acme"})
    return crm


async def made(crm: httpx.AsyncClient, *lines: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A new order with these lines, as answered."""
    response = await crm.post("/orders", json={**BUYER, "Lines": lines, **properties})
    assert response.status_code == 201, response.text
    return dict(response.json())


async def test_the_switches_are_shown_and_set(crm: httpx.AsyncClient) -> None:
    """Totals are not computed and drafts come back unless a switch says otherwise; each CRM has its own."""
    shown = (await crm.get("/_sandbox/switches")).json()
    turned = await crm.put("/_sandbox/switches", json={name: not on for name, on in shown.items()})

    assert shown == {COMPUTED: False, BACK: True} == SWITCHES
    assert turned.json() == {COMPUTED: True, BACK: False}


async def test_totals_are_kept_as_they_are_written(crm: httpx.AsyncClient) -> None:
    """By default LineTotal, Subtotal and TotalAmount are data: nothing is computed or checked."""
    order = await made(crm, {"Quantity": "2", "UnitPrice": "0.1", "LineTotal": "7"}, TotalAmount="0.30")

    assert (order["Lines"][0]["LineTotal"], order["Subtotal"], order["TotalAmount"]) == ("7", None, "0.30")


@pytest.mark.parametrize(
    ("currency", "prices", "totals"),
    [
        ("EUR", ("0.1", "0.2"), ["0.10", "0.20", "0.30", "0.30"]),
        ("EUR", ("0.125", "-0.125"), ["0.13", "-0.13", "0.00", "0.00"]),
        ("JPY", ("10.5", "1"), ["11", "1", "12", "12"]),
        ("KWD", ("0.0005", "1.0014"), ["0.001", "1.001", "1.002", "1.002"]),
        (None, (None, "-0.001"), ["0.00", "0.00", "0.00", "0.00"]),
    ],
)
async def test_a_crm_that_computes_totals_is_exact(
    crm: httpx.AsyncClient, currency: str | None, prices: tuple[str | None, str], totals: list[str]
) -> None:
    """With the switch on, totals are rounded half up to the currency's places, whatever was sent for them."""
    await crm.put("/_sandbox/switches", json={COMPUTED: True})
    lines = [{"Quantity": "1", "UnitPrice": price, "LineTotal": "9"} for price in prices]
    order = await made(crm, *lines, Currency=currency, Subtotal="9", TotalAmount="9")

    assert [
        *(line["LineTotal"] for line in order["Lines"]),
        order["Subtotal"],
        order["TotalAmount"],
    ] == totals


async def test_computed_totals_take_discounts_and_taxes_and_follow_each_write(crm: httpx.AsyncClient) -> None:
    """LineTotal is quantity (1 where none is given) times price; the total takes off all discounts and adds the tax; old orders follow when written."""
    line = {"Quantity": "2.5", "UnitPrice": "10", "DiscountAmount": "1.5"}
    order = await made(crm, line, {"UnitPrice": "1"}, DiscountAmount="3", TaxAmount="0.99", TotalAmount="1")
    at = f"/orders/{order['Id']}"
    await crm.put("/_sandbox/switches", json={COMPUTED: True})
    untouched = (await crm.get(at)).json()
    first = (await crm.patch(at, json={"TotalAmount": "5"})).json()
    same = (await crm.patch(at, json={"TotalAmount": "6"})).json()

    assert untouched["TotalAmount"] == "1"
    assert (first["Lines"][0]["LineTotal"], first["Subtotal"], first["TotalAmount"]) == (
        "25.00",
        "26.00",
        "22.49",
    )
    assert same == first


async def test_a_total_too_large_to_write_is_refused(crm: httpx.AsyncClient) -> None:
    """A product of more digits than an amount may have is 422, not rounded."""
    await crm.put("/_sandbox/switches", json={COMPUTED: True})
    line = {"Quantity": "9" * 28, "UnitPrice": "9" * 28}
    answer = await crm.post("/orders", json={"CustomerId": "CUS00000001", "Lines": [line]})

    assert (answer.status_code, answer.json()["Error"]["Field"]) == (422, "Lines.0.LineTotal")


@pytest.mark.parametrize(("returns", "status"), [(True, 200), (False, 422)])
async def test_a_draft_is_left_and_comes_back_only_where_it_may(
    crm: httpx.AsyncClient, returns: bool, status: int
) -> None:
    """With crm.draft_returns off an issued order stays issued, null included; an order may be born issued either way."""
    await crm.put("/_sandbox/switches", json={BACK: returns})
    at = "/orders/" + (await made(crm))["Id"]
    issued = (await crm.patch(at, json={"IsDraft": False})).json()
    answers = [await crm.patch(at, json={"IsDraft": value, "Notes": "n"}) for value in (False, True, None)]

    assert (issued["IsDraft"], (await made(crm, IsDraft=False))["IsDraft"]) == (False, False)
    assert [each.status_code for each in answers] == [200, status, status]
    assert (await crm.get(at)).json()["IsDraft"] is returns
