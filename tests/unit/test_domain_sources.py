"""A source that cannot be read, or lacks too much to be believed, is listed until it can and does not."""

from typing import Any

from msgspec.structs import replace

from schemas.records import Question, Unreadable
from tests.property.promises import derived, kept
from tests.property.scenes import HERE, THERE, linked, organisation, shows
from tests.property.world import CONFIG, World

LIVE, MISSING = f"{HERE}:customer:?live", f"{HERE}:customer:?missing"


def _told(world: World, cause: str, page: str | None = "live", **more: Any) -> None:
    world.append(Unreadable(HERE, "customer", cause, page=page, **more))
    world.fold()


def _ask(world: World, what: str) -> list[dict[str, Any]]:
    world.append(Question(f"q{len(world.log)}", what))
    world.fold()
    found: list[dict[str, Any]] = world.control[f"{CONFIG.tenant}|answer"]["answer"][what]
    return found


def test_a_page_nobody_can_read_is_listed_until_it_can() -> None:
    """It stands in `unlinked` under a name of its own, with its cause, and vanishes from there."""
    world = linked()
    _told(world, "no JSON")
    (listed,) = _ask(world, "unlinked")
    assert (listed["ref"], listed["state"], listed["cause"]) == (LIVE, "unreadable", "no JSON")
    derived(world)

    _told(world, "")

    assert _ask(world, "unlinked") == []
    assert world.refs()[LIVE].state == "gone"
    derived(world)


def test_each_source_and_page_stands_for_itself() -> None:
    """One that can be read again takes no other one back."""
    world = linked()
    _told(world, "no JSON")
    _told(world, "no id", None)
    _told(world, "")

    assert [one["ref"] for one in _ask(world, "unlinked")] == [f"{HERE}:customer:?record"]


def test_a_record_that_can_be_read_again_as_it_was_waits_for_nothing() -> None:
    """Nothing is published for a record that shows what it showed: its link's cause goes all the same."""
    world = linked()
    world.append(Unreadable(HERE, "customer", "a number is no number", f"{HERE}:customer:1"))
    world.fold()
    assert "cannot be read" in world.link(f"{HERE}:customer:1").waiting
    world.append(Unreadable(HERE, "customer", "", f"{HERE}:customer:1"))
    world.fold()

    assert world.link(f"{HERE}:customer:1").waiting == ""


def test_missing_records_stand_beside_the_breakers() -> None:
    """`breaker show` tells them, for the direction in which their deletes would go."""
    world = linked()
    _told(world, "30 of 40 records are missing", "missing", count=30)

    (shown,) = _ask(world, "breaker")
    assert (shown["flow"], shown["direction"], shown["state"]) == ("customer", "to-crm", "tripped")
    assert (shown["waiting"], shown["cause"]) == (30, "30 of 40 records are missing")


def test_approved_the_connector_is_told_and_the_deletes_may_pass() -> None:
    """One decision: they are asked for, and what is gone is not stopped a second time on its way."""
    world = linked(delete_links=0, delete_share=0.0, breaker_ms=60_000)
    for number in (2, 3):
        organisation(world, HERE, number)
    world.settle()
    world.tick(700_000)
    _told(world, "3 of 3 records are missing", "missing", count=3)
    world.decide("breaker.approve", flow="customer", direction="to-crm")

    told = world.control[f"{CONFIG.tenant}|missing|{HERE}|customer"]
    assert told["wanted"] == "approve"
    assert _ask(world, "breaker") == []
    assert "a person has approved it" in world.refs()[MISSING].cause

    for number in (1, 2, 3):
        world.apis[HERE].destroy(str(number))
    world.settle()
    assert [shows(world, THERE, "IsDeleted", f"c{number}") for number in (1, 2, 3)] == [True] * 3


def test_without_approval_the_same_deletes_trip_the_breaker() -> None:
    """What passes above passes because a person has said so."""
    world = linked(delete_links=0, delete_share=0.0, breaker_ms=60_000)
    world.tick(700_000)
    world.apis[HERE].destroy("1")
    world.settle()

    assert shows(world, THERE, "IsDeleted") is False
    assert [one["state"] for one in _ask(world, "breaker")] == ["tripped"]


def test_rejected_it_stays_listed_until_something_else_is_told() -> None:
    """Told again it is rejected still; another number is a new question."""
    world = linked()
    _told(world, "30 of 40 records are missing", "missing", count=30)
    world.decide("breaker.reject", flow="customer", direction="to-crm")
    _told(world, "30 of 40 records are missing", "missing", count=30)

    assert _ask(world, "breaker") == []
    assert world.control[f"{CONFIG.tenant}|missing|{HERE}|customer"]["wanted"] == "reject"
    assert "a person has rejected it" in world.refs()[MISSING].cause

    _told(world, "35 of 40 records are missing", "missing", count=35)
    assert [one["waiting"] for one in _ask(world, "breaker")] == [35]


def test_a_scan_that_finds_them_takes_the_question_back() -> None:
    """All is there again: nothing stands beside the breakers, and nothing is listed."""
    world = World(replace(CONFIG))
    _told(world, "30 of 40 records are missing", "missing", count=30)
    _told(world, "", "missing")

    assert _ask(world, "breaker") == []
    assert _ask(world, "unlinked") == []


def test_who_went_up_in_another_is_archived_and_in_review() -> None:
    """The loser of a merge: its counterpart goes out of use, and a person is told until it is dismissed."""
    world = linked()
    world.append(
        Unreadable(HERE, "customer", "it is gone since records were merged", f"{HERE}:customer:1", "merged")
    )
    world.apis[HERE].destroy("1")
    world.settle()

    (told,) = _ask(world, "review")
    assert told["ref"] == f"{HERE}:customer:?merged/1"
    assert f"{THERE}:customer:c1" in told["cause"]
    assert shows(world, THERE, "IsDeleted") is True
    kept(world)

    world.decide("review.separate", ref=told["ref"])
    assert _ask(world, "review") == []
    kept(world)
