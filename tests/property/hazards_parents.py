"""Hazards of references: a parent without a counterpart, a parent linked later, a parent made anew."""

from typing import Any

from msgspec.structs import replace

from streams.domain import links
from streams.domain.fold import Fold
from streams.domain.references import id_of
from streams.domain.rows import other, side_of
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, edit, empty, organisation, partner, quiet, shows
from tests.property.world import CONFIG, World, policy

_resolve = links.resolve


def _by_link_alone(fold: Fold, ref: str) -> Any:
    return _resolve(fold, ref).removesuffix(links.FORMER)


@hazard(
    "N14",
    "streams/domain/links.py:resolve",
    "left behind",
    {"streams.domain.links.resolve": _by_link_alone},
)
def parent_made_anew() -> None:
    """A parent's record is made anew under the same link: its children are pointed at the new one."""
    world = empty()
    organisation(world, HERE, 1)
    organisation(world, HERE, 2, parent_customer=1)
    world.settle()
    world.apis[HERE].destroy("1")
    world.settle()
    edit(world, THERE, "c1", IsDeleted=False)
    world.settle()
    anew = str(partner(world, f"{THERE}:customer:c1"))
    assert anew != f"{HERE}:customer:1"
    found = shows(world, HERE, "parent_customer", "2")
    assert str(found) == id_of(anew), f"a child is left behind at {found}, which is gone"
    quiet(world)


def _late_parent() -> World:
    """A child whose parent is archived on its only side: nothing is made of the parent yet."""
    world = empty()
    organisation(world, HERE, 1, active=False)
    organisation(world, HERE, 2, parent_customer=1)
    world.settle()
    return world


def _of_the_other_system(fold: Fold, _prop: Any, system: str, value: Any) -> tuple[bool, Any]:
    """The parent is linked, and that is taken to be enough."""
    parent = fold.link(value) if value is not None else None
    if parent is None:
        return value is None, None
    return True, id_of(str(side_of(parent, system).ref or side_of(parent, other(system)).ref))


@hazard(
    "T12",
    "streams/domain/commands.py:raw_reference",
    "that system",
    {"streams.domain.commands.raw_reference": _of_the_other_system},
)
def parent_without_a_counterpart() -> None:
    """A parent counts as linked once it has a record on the destination: before that it cannot be named there."""
    world = _late_parent()
    named = shows(world, THERE, "ParentId", "c1")
    assert named is None, f"named {named!r} as a parent, which that system does not have"
    assert not world.links()[0].crm.refused


def _nobody(_fold: Fold, _ref: str, *, itself: bool = False) -> None:
    return None


@hazard(
    "T13",
    "streams/domain/queue.py:wake_children",
    "never told",
    {"streams.domain.queue.wake_children": _nobody},
)
def children_of_a_parent_linked_later() -> None:
    """When a parent gets its counterpart its children are found in the state, and pointed at it."""
    world = _late_parent()
    edit(world, HERE, "1", active=True)
    world.settle()
    assert shows(world, THERE, "ParentId", "c1") == "c2", "a child is never told that its parent is there now"
    quiet(world)


def _only_what_is_kept(_config: Any, _row: Any) -> dict[str, dict[str, str]]:
    return {}


@hazard(
    "N14f",
    "streams/domain/slots.py:fill",
    "not written",
    {"streams.domain.slots.parents": _only_what_is_kept},
)
def own_parent_at_a_join() -> None:
    """A record that names itself as its parent is joined anew: its counterpart is told of itself as well."""
    world = World(replace(CONFIG, flows=policy(delete="unlink")))
    organisation(world, HERE, 1)
    world.settle()
    copy = world.apis[HERE].clone(world.tick(1_500), "1")
    edit(world, THERE, "c1", ParentId="c1")
    world.apis[HERE].destroy("1")
    world.settle()
    assert partner(world, f"{THERE}:customer:c1") == f"{HERE}:customer:{copy}"
    assert str(shows(world, HERE, "parent_customer", copy)) == copy, "its own parent is not written"
