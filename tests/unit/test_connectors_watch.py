"""Which event is the one of our own write, and what that write went over."""

from msgspec.structs import replace

from connectors.source import SourceEvent
from connectors.watch import SLACK_MS, WATCHED_MS, Watch
from schemas.records import Applied, Command, Result, Trying

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


def test_a_write_that_was_lost_and_then_found_tidied_is_watched_for() -> None:
    """The look after a lost answer cannot tell whose value stands there; the event tells what ours went over."""
    watch = Watch()
    lost = replace(_done("DALLAS", NOW + 9_000), outcome="stale")
    watch.add(_command("Austin", "Dallas"), lost, 0, since=NOW - 500)

    found = watch.meet([_event(15, "Houston", "DALLAS")], NOW + 9_000)

    assert [dict(result.previous) for result in found] == [{"city": "Houston"}]


def test_what_a_user_made_of_their_own_edit_is_not_laid_to_a_write_in_doubt() -> None:
    """Nothing of ours was written, and a user there edited twice: what they replaced themselves is not brought back."""
    watch = Watch()
    lost = replace(_done("Boston", NOW), outcome="stale")
    watch.add(_command("Austin", "Dallas"), lost, 0, since=NOW - 500)

    assert watch.meet([_event(15, "Austin", "Houston"), _event(16, "Houston", "Boston")], NOW) == []


def test_an_edit_on_a_record_we_deleted_is_reported() -> None:
    """A stale look before the delete did not show it: the edit has gone with the record, and its event tells of it."""
    watch = Watch()
    watch.meet([_event(14, "Oslo", "Austin", NOW - 900)], NOW)
    delete = replace(_command("Austin", ""), verb="delete", changed=(), values={})
    gone = replace(_done("", NOW), verb="delete", image=None, updated_at=None)
    watch.add(delete, gone, 0, watch.newest, since=NOW - 300)

    found = watch.meet([_event(15, "Austin", "Houston", NOW - 500)], NOW)

    assert [dict(result.previous) for result in found] == [{"city": "Houston"}]
    assert watch.meet([_event(15, "Austin", "Houston", NOW - 500)], NOW) == []


def test_what_was_written_before_a_restart_is_told_from_what_looks_like_it() -> None:
    """Events are read again after a restart: of two that show our value the last one is ours."""
    watch = Watch()
    trying = Trying("to Houston", 1, 1, NOW - 300, 0, None, {"city": "Dallas"})
    watch.recall([Applied("L", trying, _done("Houston", NOW))], NOW)

    again = [
        _event(14, "Austin", "Houston"),
        _event(15, "Houston", "Dallas"),
        _event(16, "Dallas", "Houston"),
    ]

    assert watch.earliest == NOW - 300 - SLACK_MS
    assert watch.meet(again, NOW) == []
