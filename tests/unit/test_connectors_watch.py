"""Which event is the one of our own write, and what that write went over."""

from connectors.source import SourceEvent
from connectors.watch import WATCHED_MS, Watch
from schemas.records import Command, Result

REF = "invoiced:customer:4"
NOW = 1_000_000_000


def _command(expected: str, value: str) -> Command:
    return Command(
        id=f"to {value}",
        tenant="default",
        link_id="L",
        system="invoiced",
        flow="customer",
        entity="customer",
        verb="update",
        revision=1,
        ref=REF,
        changed=("city",),
        values={"city": value},
        expected={"city": expected},
    )


def _done(value: str, at: int) -> Result:
    return Result(
        command_id=f"to {value}",
        tenant="default",
        link_id="L",
        system="invoiced",
        revision=1,
        outcome="done",
        read_at=at,
        ref=REF,
        image={"city": value},
        updated_at=at,
        wrote=True,
    )


def _event(number: int, before: str, after: str, at: int = NOW, *, by_api: bool | None = None) -> SourceEvent:
    return SourceEvent(
        number, "updated", REF, at, image={"city": after}, previous={"city": before}, by_api=by_api
    )


def test_a_value_nobody_expected_is_reported() -> None:
    """The event of our write shows a user's value that we never read: it was overwritten."""
    watch = Watch()
    watch.add(_command("Austin", "Dallas"), _done("Dallas", NOW), 0)

    found = watch.meet([_event(15, "Houston", "Dallas")], NOW)

    assert [result.outcome for result in found] == ["overwritten"]
    assert dict(found[0].previous) == {"city": "Houston"}


def test_an_older_event_with_the_same_value_is_somebody_elses() -> None:
    """Writing a user's value back is not explained by the event of that user's own edit, met before."""
    watch = Watch()
    watch.meet([_event(14, "Austin", "Houston"), _event(15, "Houston", "Dallas")], NOW)

    at_once = watch.add(_command("Dallas", "Houston"), _done("Houston", NOW), 0, watch.newest)
    later = watch.meet([_event(16, "Dallas", "Houston")], NOW)

    assert at_once == []
    assert later == []


def test_a_persons_event_that_looks_like_our_write_is_not_ours() -> None:
    """A user there came to the same value by way of another: our write changed nothing, and went over nothing."""
    watch = Watch()
    watch.add(_command("Oslo", "Austin"), _done("Austin", NOW - 60_000), 0)
    watch.meet([_event(14, "Oslo", "Austin", NOW - 60_000, by_api=True)], NOW)
    watch.add(_command("Austin", "Dallas"), _done("Dallas", NOW), 0)

    by_a_person = watch.meet([_event(15, "Houston", "Dallas", by_api=False)], NOW)
    by_us = watch.meet([_event(16, "Boston", "Dallas", by_api=True)], NOW)

    assert by_a_person == []
    assert [dict(result.previous) for result in by_us] == [{"city": "Boston"}]


def test_who_made_an_event_counts_only_once_our_own_are_marked() -> None:
    """A feed that shows our writes under somebody's name must not hide what they went over."""
    watch = Watch()
    watch.add(_command("Austin", "Dallas"), _done("Dallas", NOW), 0)

    found = watch.meet([_event(15, "Houston", "Dallas", by_api=False)], NOW)

    assert [dict(result.previous) for result in found] == [{"city": "Houston"}]


def test_events_that_no_write_can_have_caused_any_more_are_forgotten() -> None:
    """One record that is edited for ever takes no more memory than a few minutes of its events."""
    watch = Watch()
    for number in range(100):
        at = NOW + number * WATCHED_MS // 4
        watch.meet([_event(number, "Austin", "Dallas", at)], at)

    assert sum(map(len, watch._met.values())) <= 5
