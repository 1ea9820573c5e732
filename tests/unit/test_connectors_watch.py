"""Which event is the one of our own write, and what that write went over."""

from connectors.source import SourceEvent
from connectors.watch import Watch
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


def _event(number: int, before: str, after: str, at: int = NOW) -> SourceEvent:
    return SourceEvent(
        id=number, kind="updated", ref=REF, at=at, image={"city": after}, previous={"city": before}
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
