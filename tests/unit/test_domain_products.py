"""Products: the code is set once, and stays the same through delete and restore."""

import pytest

from tests.property.families import change, counterpart, everything, flow_links, of_kind, product, record
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE, quiet
from tests.property.world import SYSTEMS, World


def _linked() -> tuple[World, str]:
    world = everything()
    name = product(world, THERE)
    world.settle()
    return world, f"{THERE}:product:{name}"


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_product_is_made_on_the_other_side(system: str) -> None:
    """Its code is the item's id; a price is the same however it is written."""
    world = everything()
    product(world, system)
    world.settle()

    assert of_kind(world, HERE, "item") == [f"{HERE}:item:SKU"]
    (there,) = of_kind(world, THERE, "product")
    assert record(world, there)["ProductCode"] == "SKU"
    kept(world)


def test_the_same_code_on_both_sides_is_one_product() -> None:
    """The code is proof enough; the values of Invoiced stand."""
    world = everything()
    product(world, HERE, name="Mine")
    name = product(world, THERE)
    world.settle()

    assert counterpart(world, f"{HERE}:item:SKU") == f"{THERE}:product:{name}"
    assert record(world, f"{THERE}:product:{name}")["Name"] == "Mine"
    kept(world)


def test_a_code_is_set_once() -> None:
    """An edit of it in the CRM is set back and listed; nothing is asked of Invoiced."""
    world, there = _linked()
    before = len(world.apis[HERE].writes)
    change(world, THERE, there.split(":")[2], ProductCode="OTHER", Name="Renamed")
    world.settle()

    assert record(world, there)["ProductCode"] == "SKU"
    assert record(world, f"{HERE}:item:SKU")["name"] == "Renamed"
    assert [(one.property, one.policy, one.winner, one.crm) for one in world.conflicts] == [
        ("code", "fixed", "invoiced", "OTHER")
    ]
    assert [values for _, _, values in world.apis[HERE].writes[before:]] == [{"name": "Renamed"}]
    kept(world)


@pytest.mark.parametrize("quick", [True, False])
def test_a_restore_takes_the_same_code_and_place(quick: bool) -> None:
    """Deleted in the CRM and restored: the item is made again under its id and the same link, poll or answer first."""
    world, there = _linked()
    link = world.link(there).id
    change(world, THERE, there.split(":")[2], IsDeleted=True)
    world.settle()
    assert of_kind(world, HERE, "item") == []

    change(world, THERE, there.split(":")[2], IsDeleted=False)
    world.go(THERE)
    if quick:
        world.sink(HERE, "end_lost")
        world.go(HERE)
    world.settle()

    assert of_kind(world, HERE, "item") == [f"{HERE}:item:SKU"]
    assert [(row.id, row.invoiced.ref, row.invoiced.former) for row in flow_links(world, "product")] == [
        (link, f"{HERE}:item:SKU", ())
    ]
    kept(world)
    replayed(world)


def test_an_item_that_is_made_again_restores_its_product() -> None:
    """Deleted in Invoiced, its product is deleted; the same code entered again there brings it back."""
    world, there = _linked()
    world.apis[HERE].destroy("SKU")
    world.settle()
    assert record(world, there)["IsDeleted"] is True

    product(world, HERE)
    world.settle()

    assert record(world, there)["IsDeleted"] is False
    assert len(flow_links(world, "product")) == 1
    kept(world)


def test_prices_are_compared_as_numbers() -> None:
    """Another spelling of the same price is no edit."""
    world, there = _linked()
    before = world.writes()
    change(world, THERE, there.split(":")[2], UnitPrice="12.500")
    world.settle()
    assert world.writes() == before

    change(world, HERE, "SKU", unit_cost="13")
    world.settle()
    assert record(world, there)["UnitPrice"] == "13"
    quiet(world)
