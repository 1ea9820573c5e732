"""Words for stories of orders and their lines: a flow of its own, and what users do to lines."""

from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow, Lines, Rule, Side
from schemas.flow_property import Property
from tests.property.configs import ALL_FLOWS, WHOLE
from tests.property.entities import LISTED
from tests.property.scenes import HERE, THERE
from tests.property.world import World

ORDER = Flow(
    name="order",
    version=1,
    invoiced=Side(entity="invoice"),
    crm=Side(entity="order"),
    barrier={"invoiced": ("invoice",), "crm": ("order",)},
    properties=(
        Property(name="name", invoiced="name", crm="Name"),
        Property(name="number", invoiced="number", crm="OrderNumber"),
        Property(name="notes", invoiced="notes", crm="Notes"),
        Property(
            name="customer",
            invoiced="customer",
            crm="CustomerId",
            type="reference",
            refers="customer",
            required=True,
        ),
    ),
    rules=(Rule(name="number", keys=("number",), unique=True),),
    lines=Lines(
        invoiced="items",
        crm="Lines",
        properties=(
            Property(name="name", invoiced="name", crm="Name"),
            Property(name="quantity", invoiced="quantity", crm="Quantity", type="decimal"),
            Property(name="unit_cost", invoiced="unit_cost", crm="UnitPrice", type="decimal"),
        ),
    ),
)
KINDS = {HERE: "invoice", THERE: "order"}
Line = dict[str, Any]


def orders(**config: Any) -> World:
    """Two empty systems under all flows and that of orders, both read whole once, and one organisation on both sides."""
    world = World(replace(WHOLE, flows=(*ALL_FLOWS, ORDER), **config))
    world.turn()
    world.apis[HERE].create(world.tick(1_500), {"name": "Org 1", "number": "N1"})
    world.settle()
    return world


def line(system: str, name: str, quantity: Any = 1, price: Any = 10) -> Line:
    """A line as a user enters it."""
    if system == HERE:
        return {"name": name, "quantity": quantity, "unit_cost": price}
    return {"Name": name, "Quantity": str(quantity), "UnitPrice": str(price)}


def order(world: World, system: str, number: int, *lines: Line) -> str:
    """A user enters an order of organisation 1."""
    names = (
        ("name", "number", "customer", "items")
        if system == HERE
        else ("Name", "OrderNumber", "CustomerId", "Lines")
    )
    buyer = 1 if system == HERE else "c1"
    values = dict(zip(names, (f"Order {number}", f"O{number}", buyer, list(lines)), strict=True))
    return world.apis[system].create(world.tick(1_500), values, entity=KINDS[system])


def shown(world: World, system: str, name: str) -> list[tuple[str, str, str]]:
    """What an order's lines show: name, quantity, price."""
    held = world.apis[system].records[name][LISTED[system, KINDS[system]].name]
    keys = ("name", "quantity", "unit_cost") if system == HERE else ("Name", "Quantity", "UnitPrice")
    return [(one[keys[0]], str(one[keys[1]]), str(one[keys[2]])) for one in held]


def entries(world: World, system: str, name: str) -> list[Line]:
    """The lines of an order with their ids, as a user sees them."""
    return [dict(one) for one in world.apis[system].records[name][LISTED[system, KINDS[system]].name]]


def enter(world: World, system: str, name: str, lines: list[Line]) -> None:
    """A user sends the whole list."""
    world.apis[system].patch(world.tick(1_500), name, {LISTED[system, KINDS[system]].name: lines})
