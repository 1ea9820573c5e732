"""What counts as a past of a record, and how long it is doubted."""

from typing import Any

import pytest

from connectors.observation import Reader, judge
from connectors.past import Answered, Doubts, Stamps, goes_back, looks_back
from connectors.source import Seen
from schemas.records import Change, Source

REF = "invoiced:contact:1"
FORMER, PRESENT = {"title": "Boss", "city": "Oslo"}, {"title": "Chief", "city": "Oslo"}
OURS = Answered(20, {"title": "Chief"}, {"title": "Boss"})
OURS_UNSTAMPED = Answered(None, {"title": "Chief"}, {"title": "Boss"})


def held(stamp: int | None, before: dict[str, Any] | None = None) -> Change:
    """The version held; `before` is what was held before it."""
    return Change("u", REF, 2, Source("invoiced", "contact", "1", 1, 1, stamp), 1, before, PRESENT, ())


def seen(stamp: int | None) -> Seen:
    return Seen(REF, {}, 5, stamp)


@pytest.mark.parametrize(
    ("stamp", "image", "known", "answered", "expected"),
    [
        (9, {"title": "New"}, held(10), None, True),  # an older stamp
        (10, {"title": "New"}, held(10), None, False),
        (10, FORMER, held(10, FORMER), None, True),  # the same second, and the very image held before
        (11, FORMER, held(10, FORMER), None, False),  # taken back later
        (None, FORMER, held(None, FORMER), None, True),  # nothing tells when
        (None, {"title": "New"}, held(None, FORMER), None, False),
        (20, FORMER, held(10), OURS, True),  # lacks our write, stamped in its second
        (
            15,
            {"title": "Boss", "city": "Bergen"},
            held(10),
            OURS,
            True,
        ),  # an edit before our write, without it
        (21, FORMER, held(10), OURS, False),  # our write was taken back
        (20, {"title": "Chief", "city": "Bergen"}, held(10), OURS, False),  # shows our write and more
        (None, {"title": "Boss", "city": "Bergen"}, held(None), OURS_UNSTAMPED, True),
        (None, {"title": "Third"}, held(None), OURS_UNSTAMPED, False),  # neither ours nor what it replaced
    ],
)
def test_what_may_be_a_past(
    stamp: int | None, image: dict[str, Any], known: Change, answered: Answered | None, expected: bool
) -> None:
    """The table of stamps, the version before, and our own last write."""
    assert goes_back(seen(stamp), image, known, answered, frozenset()) is expected


@pytest.mark.parametrize(
    ("stamp", "image", "answered", "expected"),
    [
        (10, PRESENT, None, False),  # what is held
        (9, FORMER, None, True),
        (11, FORMER, None, False),  # an edit
        (10, {"title": "New", "city": "Oslo"}, None, True),  # it came or went in the second that is held
        (10, {"title": "Chief", "city": "Bergen"}, None, False),  # not what is to be written
        (10, {**PRESENT, "left out of lists": 1}, None, False),
        (10, {"title": "Ours", "city": "Oslo"}, Answered(10, {"title": "Ours"}), False),  # our own write
        (10, PRESENT, Answered(10, {"title": "Ours"}), True),  # lacks it
        (11, PRESENT, Answered(10, {"title": "Ours"}), False),  # it was taken back
    ],
)
def test_what_a_look_before_a_write_may_show(
    stamp: int, image: dict[str, Any], answered: Answered | None, expected: bool
) -> None:
    """Beside what the poller doubts: something else under the very stamp that is held, which it may hold already."""
    look = Seen(REF, image, 5, stamp)

    assert looks_back(look, held(10, FORMER), answered, ("title",), frozenset()) is expected


def test_a_doubt_is_read_again_in_the_next_round() -> None:
    """What a round doubts is due when the next one begins; what a scan doubts between them, one later."""
    doubts = Doubts()
    doubts.add(seen(10), "live")
    assert (doubts.of("contact"), doubts.of("customer"), doubts.due("customer")) == (True, False, [])
    assert doubts.due("contact") == [REF]

    doubts.drop([REF])
    doubts.add(seen(10), "reconcile")
    doubts.add(seen(10), "live")
    assert [doubts.due("contact"), doubts.due("contact")] == [[], [REF]]


@pytest.mark.parametrize(("stamp", "certain"), [(10, True), (12, True), (9, False), (None, True)])
def test_what_shows_a_still_older_past_is_doubted_anew(stamp: int | None, certain: bool) -> None:
    """A replica that jumps between pasts confirms nothing; the same stamp again does."""
    doubts = Doubts()
    doubts.add(seen(10), "live")

    assert doubts.confirmed(seen(stamp)) is certain
    assert not doubts.confirmed(seen(10))


def test_what_was_changed_and_changed_back_has_a_past_too() -> None:
    """Changed and changed back between two rounds: nothing is published, and the version in between is a past."""
    stamps, known = Stamps(), held(10)
    stamps.unchanged(Seen(REF, PRESENT, 5, 12), known)
    between = Seen(REF, FORMER, 6, 11)

    told = [
        judge(between, known, Reader(1), by_id=False, clouded=False, now=7, newest=newest)
        for newest in (0, stamps.of(REF))
    ]

    assert told[0].change is not None
    assert told[1].change is None
    assert told[1].reread
