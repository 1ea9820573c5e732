"""What the end of a record means for its counterpart: the policy `delete` says `archive` or `delete`."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.records import Question
from tests.property.promises import kept
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, organisation, partner, quiet, shows
from tests.property.world import CONFIG, World, policy

ONE, C1 = f"{HERE}:customer:1", f"{THERE}:customer:c1"


def _world(what: str, **changes: Any) -> World:
    return linked(flows=policy(delete=what, **changes))


def _kinds(world: World, system: str) -> list[str]:
    return [kind for kind, _, _ in world.apis[system].writes]


def _crm_deletes(world: World) -> None:
    edit(world, THERE, IsDeleted=True)


def test_archive_is_the_default() -> None:
    """Deleted in the CRM: out of use in Invoiced, and never deleted there."""
    world = linked()
    _crm_deletes(world)
    world.settle()

    assert shows(world, HERE, "active") is False
    assert "delete" not in _kinds(world, HERE)


def test_delete_deletes_the_counterpart_in_invoiced() -> None:
    """Deleted in the CRM: gone in Invoiced, with one write, and quiet from then on."""
    world = _world("delete")
    _crm_deletes(world)
    world.settle()

    assert world.apis[HERE].records == {}
    assert (_kinds(world, HERE), _kinds(world, THERE)) == (["delete"], ["create"])
    kept(world)


def test_delete_deletes_the_counterpart_in_the_crm() -> None:
    """Gone in Invoiced: deleted in the CRM, not only edited."""
    world = _world("delete")
    world.apis[HERE].destroy("1")
    world.settle()

    assert shows(world, THERE, "IsDeleted") is True
    assert _kinds(world, THERE) == ["create", "delete"]
    kept(world)


def test_a_restore_after_a_delete_makes_it_anew() -> None:
    """Restored in the CRM, the customer is made anew in Invoiced, under the same link."""
    world = _world("delete")
    before = world.link(C1).id
    _crm_deletes(world)
    world.settle()
    edit(world, THERE, IsDeleted=False)
    world.settle()

    assert list(world.apis[HERE].records) == ["2"]
    assert (world.link(C1).id, world.link(C1).invoiced.ref) == (before, f"{HERE}:customer:2")
    kept(world)


def test_what_is_only_out_of_use_is_not_deleted() -> None:
    """Inactive in either system is a value: it goes over, and deletes nothing."""
    for system, values in ((HERE, {"active": False}), (THERE, {"IsActive": False})):
        world = _world("delete")
        edit(world, system, **values)
        world.settle()
        assert set(world.apis[HERE].records) == {"1"}
        assert "delete" not in _kinds(world, HERE) + _kinds(world, THERE)


def test_an_edit_known_before_the_delete_is_not_lost() -> None:
    """The counterpart was edited meanwhile: it is archived, not deleted, and the edit is listed."""
    world = _world("delete")
    edit(world, HERE, notes="mine")
    _crm_deletes(world)
    world.settle()

    assert (shows(world, HERE, "notes"), shows(world, HERE, "active")) == ("mine", False)
    assert conflicts(world, "notes") == ["crm"]
    quiet(world)


def test_an_edit_nobody_had_read_yet_is_not_lost() -> None:
    """The delete looks first: an edit since the last round makes it an archive."""
    world = _world("delete")
    _crm_deletes(world)
    world.go(THERE)
    edit(world, HERE, notes="mine")
    world.settle()

    assert (shows(world, HERE, "notes"), shows(world, HERE, "active")) == ("mine", False)
    quiet(world)


def test_what_may_not_be_deleted_is_archived() -> None:
    """Invoiced keeps a customer with transactions: it goes out of use, and that is listed."""
    world = _world("delete")
    world.apis[HERE].deletable = False
    _crm_deletes(world)
    world.settle()

    assert shows(world, HERE, "active") is False
    assert world.link(ONE).invoiced.refused["@delete"][1] == "it has transactions"
    quiet(world)


@pytest.mark.parametrize("mode", ["lost", "dropped", "die", "die_after", "end_lost", "end_dropped"])
def test_a_delete_without_an_answer_is_made_once(mode: str) -> None:
    """Whatever becomes of the request and its answer, the record is gone once, and nothing else."""
    world = _world("delete")
    _crm_deletes(world)
    world.go(THERE)
    world.sink(HERE, mode)
    world.fold()
    world.settle()

    assert world.apis[HERE].records == {}
    assert _kinds(world, HERE) == ["delete"]
    kept(world)


def test_too_many_deletes_wait_for_a_person() -> None:
    """A delete counts for the breaker like an archive, and `plan` tells what would follow."""
    world = _world("delete")
    world.config = replace(world.config, delete_links=0, delete_share=0.0, breaker_ms=60_000)
    world.tick(700_000)
    _crm_deletes(world)
    world.settle()

    assert set(world.apis[HERE].records) == {"1"}
    assert world.link(ONE).hold
    world.append(Question("q", "plan"))
    world.fold()
    assert [one["verb"] for one in world.control["default|answer"]["answer"]["plan"]] == ["delete"]


def test_what_was_deleted_before_both_met_deletes_nothing() -> None:
    """A first match is no delete: at most the record goes out of use, as the first-match policy says."""
    world = World(replace(CONFIG, flows=policy(delete="delete", first_match="crm")))
    organisation(world, THERE, 1, IsDeleted=True)
    organisation(world, HERE, 1)
    world.settle()

    assert partner(world, ONE) == C1
    assert shows(world, HERE, "active") is False
    assert "delete" not in _kinds(world, HERE)
    quiet(world)
