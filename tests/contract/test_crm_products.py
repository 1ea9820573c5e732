"""Products in the reference CRM: prices as decimal strings, found by their code."""

from typing import Any

import httpx
import pytest


async def made(crm: httpx.AsyncClient, **properties: Any) -> dict[str, Any]:
    """A new product as answered."""
    response = await crm.post("/products", json={"Name": "Pump", **properties})
    assert response.status_code == 201, response.text
    return dict(response.json())


@pytest.mark.parametrize(
    "price", [None, "0", "12", "12.50", "-3.1", "0.0000000001", "9" * 28 + "." + "9" * 10]
)
async def test_a_price_is_kept_as_it_was_sent(crm: httpx.AsyncClient, price: str | None) -> None:
    """Zeros at the end, signs and every digit stay; null is no price."""
    product = await made(crm, UnitPrice=price)
    patched = await crm.patch(f"/products/{(await made(crm))['Id']}", json={"UnitPrice": price})

    assert product["UnitPrice"] == patched.json()["UnitPrice"] == price


@pytest.mark.parametrize(
    "price",
    [
        12.5,
        12,
        True,
        "",
        " 1",
        "1,50",
        "1e3",
        "+1",
        ".5",
        "1.",
        "01",
        "NaN",
        "\u0661",
        "1\n",
        "0." + "1" * 11,
        "1" * 29,
    ],
)
async def test_a_price_in_another_form_is_refused(crm: httpx.AsyncClient, price: Any) -> None:
    """A number, an exponent, a sign, too many digits: 422, the field and the cure, and nothing changes."""
    product = await made(crm, UnitPrice="1")
    answers = [
        await crm.post("/products", json={"Name": "B", "UnitPrice": price}),
        await crm.patch(f"/products/{product['Id']}", json={"UnitPrice": price}),
    ]

    for answer in answers:
        error = answer.json()["Error"]
        assert (answer.status_code, error["Field"]) == (422, "UnitPrice")
        assert 'send a decimal string such as "12.50"' in error["Message"]
    assert (await crm.get("/products")).json() == [product]


async def test_a_product_is_found_by_its_code(crm: httpx.AsyncClient) -> None:
    """ProductCode and external_id are exact filters; two products may have one code."""
    one, two = await made(crm, ProductCode="P-1", ExternalId="x:1"), await made(crm, ProductCode="P-1")
    await made(crm, ProductCode="p-1")

    async def found(**params: str) -> list[str]:
        return [record["Id"] for record in (await crm.get("/products", params=params)).json()]

    assert await found(ProductCode="P-1") == [one["Id"], two["Id"]]
    assert await found(external_id="x:1") == [one["Id"]]


async def test_a_product_has_its_defaults_and_can_be_taken_out_and_back(crm: httpx.AsyncClient) -> None:
    """Taxable and discountable unless told otherwise; deleted softly, restored by a patch; the code may be edited."""
    product = await made(crm, ProductCode="P-1", UnitPrice="1")
    at = f"/products/{product['Id']}"
    edited = (await crm.patch(at, json={"IsTaxable": False, "ProductCode": "P-2"})).json()
    await crm.delete(at)
    gone = (await crm.get(at)).json()
    back = (await crm.patch(at, json={"IsDeleted": False, "IsTaxable": None})).json()

    assert tuple(product[name] for name in ("IsTaxable", "IsDiscountable", "IsActive")) == (True, True, True)
    assert (edited["IsTaxable"], edited["ProductCode"], gone["IsDeleted"]) == (False, "P-2", True)
    assert (back["IsTaxable"], back["IsDeleted"], back["UnitPrice"], back["Version"]) == (True, False, "1", 4)
