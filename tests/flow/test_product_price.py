"""A price that Invoiced cannot change: the item is made anew under its code, whole, whatever fails on the way."""

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial

import pytest

from tests.flow.customer_api import Record
from tests.flow.family_api import Family
from tests.flow.family_records import Both, Place, values_of
from tests.flow.installation import Installation
from tests.oracle.entities import PRODUCT

# What nobody maps, and metadata: the item keeps them through a change of its price.
UNMAPPED = {"avalara_tax_code": "P0000000", "metadata": {"shelf": "B7", "batch": 12}}
Products = Callable[[int], list[Both]]


@pytest.fixture
def family(installation: Installation) -> Family:
    """What users do with products."""
    return Family(installation)


@pytest.fixture
def products(family: Family) -> Products:
    """Gives linked products, the item entered in Invoiced with what nobody maps."""

    def make(count: int) -> list[Both]:
        entered = []
        for _ in range(count):
            place = family.create(PRODUCT, "invoiced", values_of(PRODUCT, uuid.uuid4().hex[:8]))
            family.patch(place, **UNMAPPED)
            entered.append(place)
        return [family.both(PRODUCT, place) for place in entered]

    return make


def whole(family: Family, place: Place) -> Record:
    """All of an item but its price and its stamps."""
    return {
        name: value
        for name, value in family.read(place).items()
        if name not in {"unit_cost", "created_at", "updated_at"}
    }


def price(family: Family, one: Both) -> tuple[Decimal, Decimal]:
    """As either API writes it."""
    there = family.read(one.crm)["UnitPrice"]
    return Decimal(str((family.find(one.invoiced) or {}).get("unit_cost", -1))), Decimal(there)


def test_prices_are_exact(family: Family, products: Products) -> None:
    """A price of either side stands on the other to its last decimal; the item made anew for it is whole."""
    wanted = [
        Decimal("0.1275"),
        Decimal("0.1") + Decimal("0.2"),
        Decimal("1234567.8901"),
        Decimal("19.90"),
        Decimal(0),
    ]
    made, since = products(len(wanted) + 1), family.installation.marks()
    before = {one: (whole(family, one.invoiced), family.link(one.crm)["link_id"]) for one in made}
    for one, value in zip(made, wanted, strict=False):
        family.patch(one.crm, UnitPrice=str(value))
    typed = Decimal("0.0625")
    family.edit(PRODUCT, made[-1].invoiced, unit_cost=str(typed))

    for one, value in zip(made, [*wanted, typed], strict=True):
        family.installation.until((value, value), partial(price, family, one))
        assert (whole(family, one.invoiced), family.link(one.crm)["link_id"]) == before[one]
        assert family.link(one.crm)["former"] == []
    family.installation.settle()
    for one in made[:-1]:
        assert family.writes(since, one) == [("DELETE", "invoiced")], "once, and nothing was told to the CRM"
    assert family.writes(since, made[-1]) == [("PATCH", "crm")]
    posts = [one for one in family.installation.writes(since) if one == ("POST", "invoiced/items")]
    assert len(posts) == len(wanted)


def test_trouble_on_the_way(family: Family, products: Products) -> None:
    """Errors and lost answers of the delete and of the create: each item ends whole, with the new price, under its code."""
    made, invoiced = products(4), family.installation.invoiced
    before = {one: whole(family, one.invoiced) for one in made}
    with ExitStack() as stack:
        planned = [
            invoiced.fault("error", f"^{made[0].invoiced.path}$", method="DELETE", status=500, times=2),
            invoiced.fault("lose_response", f"^{made[1].invoiced.path}$", method="DELETE", times=1),
            invoiced.fault("error", "^/items$", method="POST", status=500, times=2),
            invoiced.fault("lose_response", "^/items$", method="POST", times=2),
        ]
        faults = [stack.enter_context(one) for one in planned]
        for number, one in enumerate(made):
            family.patch(one.crm, UnitPrice=f"{number}.25", Name=f"Renamed {number}")

        for number, one in enumerate(made):
            family.until_equal(one, unit_cost=f"{number}.25", name=f"Renamed {number}")
        assert [fault.hits() for fault in faults] == [2, 1, 2, 2]
    family.installation.quiet()
    for number, one in enumerate(made):
        assert whole(family, one.invoiced) == before[one] | {"name": f"Renamed {number}"}
        assert (family.link(one.crm)["state"], family.link(one.crm)["cause"]) == ("linked", None)
        assert family.read(one.crm)["IsDeleted"] is False


def test_both_sides_price_it(family: Family, products: Products) -> None:
    """Two prices in one round: decided, listed, and the item's other new values survive; a code of the CRM's is set back."""
    priced, coded = products(2)
    with family.paused():
        family.patch(priced.crm, UnitPrice="6.5", IsTaxable=True)
        family.edit(PRODUCT, priced.invoiced, unit_cost="5.5", description="Of Invoiced")
    family.patch(coded.crm, ProductCode=f"{coded.invoiced.id}-other", Name="Kept")

    family.until_equal(priced, unit_cost="5.5", taxable=True, description="Of Invoiced")
    family.until_equal(coded, code=coded.invoiced.id, name="Kept")

    assert family.conflicts(priced) == [("unit_cost", "5.5", "6.5", "invoiced")]
    assert family.conflicts(coded) == [("code", coded.invoiced.id, f"{coded.invoiced.id}-other", "invoiced")]
    family.installation.quiet()
    assert family.read(priced.invoiced)["metadata"] == UNMAPPED["metadata"]
