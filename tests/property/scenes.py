"""The scenes most stories begin with: one linked pair, and short words for what users and the machine do."""

from typing import Any

from msgspec.structs import replace

from streams.domain.rows import side_of
from tests.property.pollers import Poller
from tests.property.world import CONFIG, SYSTEMS, World

HERE, THERE = SYSTEMS


def empty(**config: Any) -> World:
    """Two empty systems, both read whole once."""
    world = World(replace(CONFIG, **config))
    world.turn()
    return world


def linked(**config: Any) -> World:
    """Organisation 1, linked: Invoiced's record `1` and the CRM's `c1`."""
    world = empty(**config)
    organisation(world, HERE, 1)
    world.settle()
    return world


def anew(before: World, **config: Any) -> World:
    """The same two systems, and of Tandem nothing is left: Kafka is gone."""
    world = World(replace(CONFIG, **config))
    world.now, world.apis = before.now, before.apis
    world.pollers = {system: Poller(api) for system, api in world.apis.items()}
    world.sinks = {system: world._sink(system) for system in SYSTEMS}
    return world


def organisation(world: World, system: str, number: int, **more: Any) -> str:
    """A user enters an organisation."""
    fields = {"name": f"Org {number}", "number": f"N{number}"}
    if system == THERE:
        fields = {"Name": f"Org {number}", "CustomerNumber": f"N{number}"}
    return world.apis[system].create(world.tick(1_500), {**fields, **more})


def edit(world: World, system: str, record: str | None = None, /, **values: Any) -> None:
    """A user edits a record; organisation 1 if none is named."""
    record = record or ("1" if system == HERE else "c1")
    world.apis[system].patch(world.tick(1_500), record, values)


def shows(world: World, system: str, field: str, name: str | None = None) -> Any:
    """What a record shows in its own system."""
    record = name or ("1" if system == HERE else "c1")
    return world.apis[system].records[record][field]


def conflicts(world: World, prop: str) -> list[str]:
    """The winners of the conflicts recorded for a property."""
    return [one.winner for one in world.conflicts if one.property == prop]


def partner(world: World, ref: str) -> str | None:
    """The record on the other side of a ref's link."""
    rows = [row for row in world.links() if ref in {row.invoiced.ref, row.crm.ref}]
    return side_of(rows[0], THERE if ref.startswith(HERE) else HERE).ref if rows else None


def quiet(world: World) -> None:
    """A few rounds more: not one write."""
    world.settle()
    before = world.writes()
    for _ in range(3):
        world.turn(1_000)
    assert world.writes() == before, "quiet systems were written"
