"""Money of the Invoiced simulator: exact from wire to wire, rounded to what the currency has."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
import simplejson

from tests.contract.invoiced_records import changed, create, create_invoice

ONE = "/invoices/1"
JSON = {"Content-Type": "application/json"}


async def post(invoiced: httpx.AsyncClient, text: str) -> httpx.Response:
    """An invoice, written as it stands."""
    answer = await invoiced.post("/invoices", content=text, headers=JSON)
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize(
    ("currency", "quantity", "unit_cost", "amount"),
    [
        ("usd", "3", "0.125", "0.38"),  # 0.375, half a cent goes up
        ("usd", "-3", "-0.125", "0.38"),
        ("usd", "1.5", "0.33", "0.5"),  # 0.495
        ("jpy", "3", "33.5", "101"),  # 100.5
        ("jpy", "1", "0.4", "0"),
        ("kwd", "3", "0.1235", "0.371"),  # 0.3705
        ("eur", "1.1", "1.1", "1.21"),
        ("xyz", "1", "1.005", "1.01"),
    ],
)
async def test_a_line_costs_what_its_currency_can_say(
    invoiced: httpx.AsyncClient, currency: str, quantity: str, unit_cost: str, amount: str
) -> None:
    """Quantity times price, half a minor unit up; quantity and price themselves are kept as written."""
    await create(invoiced)
    line = f'{{"quantity":{quantity},"unit_cost":{unit_cost}}}'
    text = (await post(invoiced, f'{{"customer":1,"currency":"{currency}","items":[{line}]}}')).text

    assert f'"quantity":{quantity},"unit_cost":{unit_cost},"amount":{amount},' in text
    assert f'"total":{amount},"balance":{amount},' in text


async def test_tenths_add_up(invoiced: httpx.AsyncClient) -> None:
    """A tenth and two tenths are three tenths, on the wire."""
    await create(invoiced)
    text = (await post(invoiced, '{"customer":1,"items":[{"unit_cost":0.1},{"unit_cost":0.2}]}')).text

    assert '"subtotal":0.3,' in text
    assert '"total":0.3,"balance":0.3,' in text


async def test_numbers_longer_than_any_float_or_decimal_context(invoiced: httpx.AsyncClient) -> None:
    """Forty digits come back digit by digit, and their sum is exact."""
    await create(invoiced)
    cost = "12345678901234567890123456789.1234567891"
    line = f'{{"unit_cost":{cost}}}'
    answer = await post(invoiced, f'{{"customer":1,"items":[{line},{line}]}}')

    assert f'"unit_cost":{cost},"amount":12345678901234567890123456789.12,' in answer.text
    assert '"total":24691357802469135780246913578.24,' in answer.text
    assert (await invoiced.get(ONE)).text == answer.text


async def test_every_line_is_rounded_before_the_sum(invoiced: httpx.AsyncClient) -> None:
    """Three lines of a third of a cent come to nothing, not to a cent."""
    await create(invoiced)
    invoice = await create_invoice(invoiced, items=[{"unit_cost": "0.0034"}] * 3)

    assert (invoice["subtotal"], invoice["total"]) == (0, 0)


async def test_discounts_taxes_and_shipping_count(invoiced: httpx.AsyncClient) -> None:
    """Those of a line and of the invoice change the total, not the amount of the line nor the subtotal."""
    await create(invoiced)
    line = {"unit_cost": 55, "discounts": [{"amount": 5}], "taxes": [{"amount": "0.155"}]}
    extras: dict[str, Any] = {
        "discounts": [{"amount": 3, "coupon": "spring", "expires": 9}],
        "shipping": [{"amount": 1}],
    }
    invoice = await create_invoice(invoiced, items=[line], taxes=[{"amount": "3.85"}, "vat"], **extras)

    assert (invoice["items"][0]["amount"], invoice["subtotal"]) == (55, 55)
    assert invoice["total"] == invoice["balance"] == Decimal("52.01")
    coupon = {"id": "spring", "object": "coupon", "name": "spring"}
    assert invoice["discounts"] == [
        {"id": 3, "object": "discount", "amount": 3, "coupon": coupon, "expires": 9}
    ]
    assert [(tax["object"], tax["amount"]) for tax in invoice["taxes"]] == [
        ("tax", Decimal("3.85")),
        ("tax", 0),
    ]
    assert invoice["taxes"][1]["tax_rate"] == {"id": "vat", "object": "tax_rate", "name": "vat"}
    assert invoice["shipping"][0]["object"] == "shipping"


async def test_an_adjustment_keeps_its_id_when_it_is_named(invoiced: httpx.AsyncClient) -> None:
    """The written list is the new full set here too: with id changed, without new, left out gone."""
    await create(invoiced)
    first, second = (await create_invoice(invoiced, taxes=[{"amount": 1}, {"amount": 2}]))["taxes"]
    after = await changed(invoiced, ONE, taxes=[{"id": second["id"], "amount": 4}, {"amount": 1}])

    assert [tax["amount"] for tax in after["taxes"]] == [4, 1]
    assert after["taxes"][0]["id"] == second["id"]
    assert after["taxes"][1]["id"] not in {first["id"], second["id"]}
    assert after["total"] == 15


async def test_another_currency_rounds_anew(invoiced: httpx.AsyncClient) -> None:
    """An invoice moved to yen has no cents any more."""
    await create(invoiced)
    await create_invoice(invoiced, items=[{"unit_cost": "1.5"}], taxes=[{"amount": "0.25"}])
    invoice = await changed(invoiced, ONE, currency="JPY")

    assert (invoice["currency"], invoice["subtotal"], invoice["total"]) == ("jpy", 2, 2)


@pytest.mark.parametrize("fields", [{"discounts": [{"amount": 11}]}, {"items": [{"unit_cost": -1}]}])
async def test_nobody_owes_less_than_nothing(invoiced: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    """A total below zero is refused, and the invoice stays as it was."""
    await create(invoiced)
    before = await create_invoice(invoiced)
    answer = await invoiced.patch(ONE, json=fields)

    assert (answer.status_code, answer.json()["param"]) == (400, "items")
    assert "below zero" in answer.json()["message"]
    assert simplejson.loads((await invoiced.get(ONE)).text, use_decimal=True) == before
