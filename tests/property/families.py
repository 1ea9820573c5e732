"""Words for stories of several flows: organisations with their people, persons who are customers, and products."""

from typing import Any

from msgspec.structs import replace

from schemas.records import Question
from streams.domain.rows import LinkRow, side_of
from tests.property.scenes import HERE, THERE
from tests.property.world import WHOLE, World


def everything(**config: Any) -> World:
    """Two empty systems under all flows, both read whole once."""
    world = World(replace(WHOLE, **config))
    world.turn()
    return world


def company(world: World, system: str, number: int = 1, **more: Any) -> str:
    """A user enters an organisation."""
    fields = ("name", "number") if system == HERE else ("Name", "CustomerNumber")
    values = dict(zip(fields, (f"Org {number}", f"N{number}"), strict=True))
    return world.apis[system].create(world.tick(1_500), {**values, **more})


def contact(world: World, system: str, parent: str, name: str = "Anna Maria Berg", **more: Any) -> str:
    """A user enters somebody at an organisation."""
    first, _, last = name.rpartition(" ")
    mail = f"{last}@b.c".lower()
    values: dict[str, Any] = {"name": name, "email": mail, "customer": int(parent) if system == HERE else 0}
    if system == THERE:
        values = {"FirstName": first, "LastName": last, "Email": mail, "CustomerId": parent}
    return world.apis[system].create(world.tick(1_500), {**values, **more}, entity="contact")


def person(world: World, system: str, number: int = 1, **more: Any) -> str:
    """A user enters a person who is a customer."""
    if system == HERE:
        values = {"name": f"Per Son {number}", "number": f"P{number}", "type": "person"}
        return world.apis[system].create(world.tick(1_500), {**values, **more})
    values = {"FirstName": "Per", "LastName": f"Son {number}", "ContactNumber": f"P{number}"}
    return world.apis[system].create(world.tick(1_500), {**values, **more}, entity="contact")


def product(world: World, system: str, code: str = "SKU", **more: Any) -> str:
    """A user enters what is sold."""
    fields = ("id", "name", "unit_cost") if system == HERE else ("ProductCode", "Name", "UnitPrice")
    values = dict(zip(fields, (code, f"Thing {code}", "12.5"), strict=True))
    entity = "item" if system == HERE else "product"
    return world.apis[system].create(world.tick(1_500), {**values, **more}, entity=entity)


def change(world: World, system: str, one: str, /, **values: Any) -> None:
    """A user edits a record."""
    world.apis[system].patch(world.tick(1_500), one, values)


def record(world: World, ref: str) -> dict[str, Any]:
    """What a record shows in its own system."""
    system, _, name = ref.split(":", 2)
    return world.apis[system].records[name]


def counterpart(world: World, ref: str) -> str:
    """The record on the other side of a ref's link."""
    row = world.link(ref)
    return str(side_of(row, THERE if ref.startswith(HERE) else HERE).ref)


def of_kind(world: World, system: str, entity: str) -> list[str]:
    """The refs of all records of an entity."""
    api = world.apis[system]
    return [api.ref(name) for name in api.records if api.kind(name) == entity]


def flow_links(world: World, flow: str) -> list[LinkRow]:
    """All links of a flow."""
    return [row for row in world.links() if row.flow == flow]


def why(world: World, ref: str) -> str:
    """Why a record waits, as whoever asks is told now."""
    world.append(Question("why", "link", {"ref": ref}))
    world.fold()
    return str(world.control[f"{world.config.tenant}|answer"]["answer"]["cause"])


def linked_contact(**config: Any) -> tuple[World, str, str]:
    """An organisation with one contact, both linked; the refs of the contact."""
    world = everything(**config)
    name = contact(world, THERE, company(world, THERE))
    world.settle()
    there = f"{THERE}:contact:{name}"
    return world, counterpart(world, there), there


def contact_asked_for(world: World, **more: Any) -> tuple[str, str]:
    """An organisation and its contact, entered in the CRM; the create has gone to Invoiced and nobody has read it.

    The organisation's id and the contact's.
    """
    parent = company(world, THERE)
    world.settle()
    name = contact(world, THERE, parent, **more)
    for _ in range(2):
        world.go(THERE)
        world.go(HERE)
    return parent, name
