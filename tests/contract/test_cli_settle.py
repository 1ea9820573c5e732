"""`tandem settle` and `tandem status` against a log that moves while they watch."""

from collections.abc import Callable, Iterator
from itertools import count
from time import monotonic
from typing import Any

import pytest

from tests.contract.cli_worker import AnsweringWorker, Run

pytestmark = pytest.mark.kafka

FLOW = {"flow": "customer", "state": "running", "lag": 0, "in_flight": 0}


def answer(offset: int, passed: list[list[int]] | None = None, **changes: Any) -> dict[str, Any]:
    """What a worker with one source answers at that offset."""
    source = {"system": "crm", "entity": "customer", "round": 1, "begun_offset": 0, "passed": passed or []}
    ways = [
        {**FLOW, "direction": way, "waiting": 2, "parked": 1, "conflicts": 0, "review": 2, "refused": 3}
        for way in ("to-crm", "to-invoiced")
    ]
    quiet = {
        "in_flight": 0,
        "retrying": 0,
        "waiting_round": 0,
        "positions": {},
        "catching_up": False,
        "review": 7,
    }
    return {**quiet, "offset": offset, "sources": [source], "flows": ways, **changes}


class Script:
    """Answers one after the other; the last one stays. One that is a function is called for its answer."""

    def __init__(self, *answers: dict[str, Any] | Callable[[], dict[str, Any]]) -> None:
        self.left = list(answers)

    def __call__(self, _args: Any) -> dict[str, Any]:
        found = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        return found() if callable(found) else found


def later_rounds() -> Iterator[dict[str, Any]]:
    """Answers of a log that moves on, each with a round begun since the last one: none of them has to arrive."""
    for offset in count(20, 10):
        yield answer(offset, [[offset - 9, 0]])


def test_it_settles_after_a_silent_round(worker: AnsweringWorker, run: Run) -> None:
    """In flight, then quiet, then a round begun after it: settled, with what was not waited for counted."""
    rounds = later_rounds()
    worker.answers["status"] = Script(
        answer(5, in_flight=1), answer(9), answer(12, [[7, 0]]), lambda: next(rounds)
    )

    code, out, err = run("settle", "--timeout", "20")

    assert (code, err) == (0, None)
    assert (out["settled"], out["reasons"]) == (True, [])
    excepted = {"waiting": 4, "conflicts": 0, "review": 7, "held": 0, "parked": 2, "refused": 6}
    assert out["excepted"] == excepted


def test_in_time_or_with_the_reason(worker: AnsweringWorker, run: Run) -> None:
    """What does not come to rest ends with 1 when the time is over, and says what moves."""
    worker.answers["status"] = Script(answer(5, in_flight=3))
    began = monotonic()

    code, out, err = run("settle", "--timeout", "1")

    assert (code, out["settled"], out["reasons"]) == (1, False, ["3 in flight"])
    assert err["error"]["code"] == "not_settled"
    assert monotonic() - began < 5


def test_the_ends_are_read_when_it_is_asked(worker: AnsweringWorker, run: Run) -> None:
    """A change that stands in its topic before the question has to be read; one that comes later does not."""
    worker.put("crm.customer", b"a change")
    place = f"{worker.topics.name('crm.customer')}/0"

    def moved_on() -> dict[str, Any]:
        worker.put("crm.customer", b"another one")
        return answer(30, [[25, 0]], positions={place: 1})

    worker.answers["status"] = Script(answer(5, [[4, 0]]), answer(20, positions={place: 1}), moved_on)

    assert run("settle", "--timeout", "5")[0] == 0


def test_unread_changes_are_named(worker: AnsweringWorker, run: Run) -> None:
    """A topic the worker has not read to its end is named with both numbers."""
    worker.put("crm.customer", b"a change")
    worker.answers["status"] = Script(answer(5))

    code, out, _ = run("settle", "--timeout", "0.5")

    assert (code, out["reasons"]) == (1, [f"{worker.topics.name('crm.customer')}/0 is read to 0 of 1"])


def test_settle_without_a_worker_is_exit_4(worker: AnsweringWorker, run: Run) -> None:
    """Nobody answers at all: that is no answer, not a no."""
    code, out, err = run("settle", "--timeout", "0.5")

    assert (code, out, err["error"]["code"]) == (4, None, "no_worker")


def test_status_says_why_not_quiet(worker: AnsweringWorker, run: Run) -> None:
    """Status puts the answer in the contract's shape and says what moves."""
    worker.answers["status"] = Script(answer(5, retrying=2))

    code, out, _ = run("status")

    assert (code, out["ready"], out["quiet"], out["why_not_quiet"][0]) == (0, True, False, "2 retrying")


def test_status_is_not_ready_before_the_sources_are_known(worker: AnsweringWorker, run: Run) -> None:
    """A worker alone is not ready: no connector has begun a round."""
    worker.answers["status"] = Script(answer(5, sources=[]))

    _, out, _ = run("status")

    assert (out["ready"], out["quiet"]) == (False, False)


def test_status_without_a_worker_is_exit_4_and_still_one_object(worker: AnsweringWorker, run: Run) -> None:
    """Without a worker the status says so in its own shape, and the exit code is 4."""
    code, out, err = run("status", "--wait", "0.5")

    assert (code, out["ready"], out["flows"]) == (4, False, [])
    assert err["error"]["code"] == "no_worker"
