"""A deleted record whose counterpart stays: the policy `delete` says `unlink` or `ignore`."""

from dataclasses import replace as change

import pytest

from tests.property.promises import kept
from tests.property.scenes import HERE, THERE, edit, linked, partner, quiet, shows
from tests.property.world import World, policy

ONE, C1 = f"{HERE}:customer:1", f"{THERE}:customer:c1"


def _world(what: str) -> World:
    return linked(flows=policy(delete=what))


def _crm_deletes(world: World) -> None:
    edit(world, THERE, IsDeleted=True)


@pytest.mark.parametrize("deleted", [HERE, THERE])
def test_unlink_leaves_the_counterpart_and_makes_nothing_of_it(deleted: str) -> None:
    """The link is retired; what stays is listed with its cause, whatever happens to it, and is not made again."""
    world = _world("unlink")
    left = C1 if deleted == HERE else ONE
    if deleted == HERE:
        world.apis[HERE].destroy("1")
    else:
        _crm_deletes(world)
    before = world.writes()
    world.settle()
    edit(world, THERE if deleted == HERE else HERE, **({"Phone": "5"} if deleted == HERE else {"phone": "5"}))
    world.settle()

    row = world.refs()[left]
    assert world.writes() == before
    assert (row.state, row.link_id) == ("review", None)
    assert "was deleted" in row.cause
    kept(world)


def test_after_an_unlink_a_person_gives_it_a_counterpart() -> None:
    """`review separate`: only then is a record made on the other side."""
    world = _world("unlink")
    world.apis[HERE].destroy("1")
    world.settle()
    world.decide("review.separate", ref=C1)
    world.settle()

    assert partner(world, C1) == f"{HERE}:customer:2"
    kept(world)


def test_after_an_unlink_a_person_joins_the_two_again() -> None:
    """`links join`: the deleted record was restored, and both are one again."""
    world = _world("unlink")
    _crm_deletes(world)
    world.settle()
    edit(world, THERE, IsDeleted=False)
    world.settle()
    assert partner(world, ONE) is None
    world.decide("links.join", a=ONE, b=C1)
    edit(world, HERE, phone="7")
    world.settle()

    assert partner(world, ONE) == C1
    assert shows(world, THERE, "Phone") == "7"
    kept(world)


@pytest.mark.parametrize("deleted", [HERE, THERE])
def test_ignore_leaves_it_and_waits_with_its_cause(deleted: str) -> None:
    """Nothing is written; the link says what it waits for."""
    world = _world("ignore")
    before = world.writes()
    if deleted == HERE:
        world.apis[HERE].destroy("1")
    else:
        _crm_deletes(world)
    world.settle()

    row = world.link(C1)
    assert world.writes() == before
    assert "was deleted, which this flow ignores" in row.waiting
    kept(world)


def test_ignore_ends_with_a_restore() -> None:
    """Restored in the CRM the link goes on, with what was edited in Invoiced meanwhile."""
    world = _world("ignore")
    _crm_deletes(world)
    world.settle()
    edit(world, HERE, phone="7")
    world.settle()
    assert shows(world, THERE, "Phone") is None
    edit(world, THERE, IsDeleted=False)
    world.settle()

    assert shows(world, THERE, "Phone") == "7"
    assert world.link(C1).waiting == ""
    kept(world)


def test_a_flow_without_a_mark_for_deletes_waits_too() -> None:
    """No property says that a record is deleted: what is gone is listed at its link all the same."""
    plain = tuple(change(flow, properties=flow.properties[:-1]) for flow in policy(delete="ignore"))
    world = linked(flows=plain)
    world.apis[THERE].destroy("c1")
    world.settle()

    assert "was deleted, which this flow ignores" in world.link(ONE).waiting
    quiet(world)
