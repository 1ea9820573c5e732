"""Whether a worker's answers mean quiet, and when quiet has lasted long enough to be settled."""

from collections.abc import Sequence
from typing import Any

import pytest

from ops.quiet import Progress, SourceState, State, advance, unread, unrest

ENDS = {"tandem.crm.customer/0": 7}
CRM, INVOICED = ("crm", "customer"), ("invoiced", "customer")


def state(
    offset: int,
    *,
    crm: Sequence[tuple[int, int]] = (),
    invoiced: Sequence[tuple[int, int]] = (),
    **changes: Any,
) -> State:
    """A quiet worker at that offset, with what differs."""
    quiet: dict[str, Any] = {
        "in_flight": 0,
        "retrying": 0,
        "waiting_round": 0,
        "positions": {"tandem.crm.customer/0": 7},
    }
    sources = (SourceState(*CRM, passed=tuple(crm)), SourceState(*INVOICED, passed=tuple(invoiced)))
    return State(offset, **{**quiet, "sources": sources, **changes})


def fold(*states: State, rounds: int = 1) -> Progress:
    """The progress after these answers."""
    progress = Progress()
    for one in states:
        progress = advance(progress, one, ENDS, rounds)
    return progress


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"in_flight": 2}, "2 in flight"),
        ({"retrying": 1}, "1 retrying"),
        ({"retrying": 2, "retrying_why": "a to-crm: 403"}, "2 retrying, as a to-crm: 403"),
        ({"waiting_round": 3}, "3 waiting for a poll round"),
        ({"queued": 4}, "4 queued in the worker"),
        ({"positions": {"tandem.crm.customer/0": 6}}, "tandem.crm.customer/0 is read to 6 of 7"),
        ({"positions": {}}, "tandem.crm.customer/0 is read to 0 of 7"),
        ({"catching_up": True}, "the worker is catching up with the public topics"),
        (
            {"catching_up": True, "lacking": "crm customer must be read whole once more"},
            "the worker is catching up with the public topics: crm customer must be read whole once more",
        ),
        ({"sources": ()}, "no source is known yet: no connector has begun a round"),
    ],
)
def test_each_unrest_is_named(changes: dict[str, Any], reason: str) -> None:
    """Whatever keeps Tandem from being quiet is said in words, alone and completely."""
    assert (reason,) == unrest(state(10, **changes), ENDS)


def test_quiet_has_no_reasons() -> None:
    """Nothing in flight and everything read to the ends noted at the start is quiet, however far heads went on."""
    assert unrest(state(10, positions={"tandem.crm.customer/0": 9}), ENDS) == ()


SETTLING = [
    ("quiet alone is not settled", [state(10)], False, 10),
    (
        "rounds begun before the quiet do not count",
        [state(10), state(20, crm=[(9, 0)], invoiced=[(10, 0)])],
        False,
        10,
    ),
    (
        "one silent round of each source settles",
        [state(10), state(20, crm=[(11, 0)], invoiced=[(12, 0)])],
        True,
        10,
    ),
    ("one source still owes its round", [state(10), state(20, crm=[(11, 0)])], False, 10),
    (
        "a noisy round begins the quiet anew",
        [state(10), state(20, crm=[(11, 1)], invoiced=[(12, 0)])],
        False,
        20,
    ),
    (
        "the silent rounds before a noisy one are forgotten",
        [
            state(10),
            state(20, crm=[(11, 1)], invoiced=[(12, 0)]),
            state(30, crm=[(11, 1), (21, 0)], invoiced=[(12, 0)]),
        ],
        False,
        20,
    ),
    (
        "silence after the noise settles",
        [
            state(10),
            state(20, crm=[(11, 1)], invoiced=[(12, 0)]),
            state(30, crm=[(11, 1), (21, 0)], invoiced=[(12, 0), (22, 0)]),
        ],
        True,
        20,
    ),
    (
        "something in flight again begins the quiet anew",
        [
            state(10),
            state(20, in_flight=1, crm=[(11, 0)], invoiced=[(12, 0)]),
            state(30, crm=[(11, 0)], invoiced=[(12, 0)]),
        ],
        False,
        30,
    ),
    (
        "all at once in the first answer is not settled: its rounds began before it",
        [state(30, crm=[(11, 0)], invoiced=[(12, 0)])],
        False,
        30,
    ),
]


@pytest.mark.parametrize(
    ("states", "settled", "since"), [row[1:] for row in SETTLING], ids=[row[0] for row in SETTLING]
)
def test_settling(states: list[State], settled: bool, since: int) -> None:
    """The rule of settling, row by row."""
    progress = fold(*states)

    assert (settled, since) == (progress.settled, progress.since)


def test_more_rounds_are_waited_for() -> None:
    """With `--rounds 2`, one silent round is not enough and two are."""
    once = state(20, crm=[(11, 0)], invoiced=[(12, 0)])
    twice = state(30, crm=[(11, 0), (15, 0)], invoiced=[(12, 0), (16, 0)])

    assert not fold(state(10), once, rounds=2).settled
    assert fold(state(10), twice, rounds=2).settled


def test_what_is_owing_is_named() -> None:
    """A source that has not passed its round is named with its count."""
    progress = fold(state(10), state(20, crm=[(11, 0)]))

    assert progress.reasons == ("invoiced customer: 0 of 1 rounds passed since all was quiet",)


def test_a_source_is_unread_by_its_last_poll_or_scan() -> None:
    """The newer of both counts; one that was never read, or is not even known, is unread too."""
    now = 100_000_000
    scanned = SourceState("crm", "customer", last_poll_at=now - 40_000, last_scan_at=now - 5_000)
    old = SourceState("crm", "order", last_poll_at=now - 34_000, cause="401")
    older = SourceState("crm", "item", last_poll_at=now - 600_000)
    never = SourceState("invoiced", "invoice")
    sources = (scanned, old, older, never)
    state = State(9, 0, 0, 0, {}, sources)

    assert unread(state, now, 10, ["invoiced customer", "crm order"]) == (
        "invoiced customer has not been read once: no connector has begun a round",
        "crm order was last read 34 s ago: 401",
        "crm item was last read 10 min ago",
        "invoiced invoice has not been read once",
    )
    assert "crm item was last read 10 min ago" not in unread(state, now, 10, slower={"crm item": 900})
