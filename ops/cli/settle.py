"""`tandem settle`: waits until every edit made so far has arrived, or says what is in the way."""

from collections.abc import Callable, Mapping
from time import monotonic, sleep
from typing import Any

import click
from msgspec import Struct

from ops.ask import Conversation
from ops.channel import change_topics
from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import conversation
from ops.cli.status import state_of
from ops.configuration import load
from ops.errors import Negative, Unreached
from ops.quiet import Progress, advance

PAUSE_S = 0.2
ANSWER_S = 10.0
EXCEPTED = ("waiting", "conflicts", "review", "held", "parked", "refused")


class Outcome(Struct, frozen=True):
    """Where settling ended: the progress, the last answer, and the silence if there was no other end."""

    progress: Progress
    answer: Mapping[str, Any] | None
    silence: Unreached | None
    seconds: float


@click.command(cls=Command)
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=60.0, show_default=True, help="Seconds to wait."
)
@click.option(
    "--rounds", type=click.IntRange(1, 20), default=1, show_default=True, help="Silent rounds to see."
)
def settle(timeout: float, rounds: int) -> Reply:
    """Wait until nothing moves and every source has passed silent poll rounds since.

    What only a person can end (gate, review, parked, refused, a missing parent) is counted, not waited for.
    """
    with conversation() as talk:
        ends = talk.ends(change_topics(load()))
        outcome = watch(
            talk, lambda progress, answer: advance(progress, state_of(answer), ends, rounds), timeout
        )
    if outcome.answer is None and outcome.silence is not None:
        raise outcome.silence
    return reply(outcome, rounds)


def watch(
    talk: Conversation, judge: Callable[[Progress, dict[str, Any]], Progress], timeout: float
) -> Outcome:
    """Asks until it has settled or the time is over. A worker that moves house may be silent in between."""
    began, progress, answer, silence = monotonic(), Progress(), None, None
    while True:
        left = timeout - (monotonic() - began)
        try:
            answer = talk.ask("status", wait=max(1.0, min(ANSWER_S, left)))
            progress, silence = judge(progress, answer), None
        except Unreached as unanswered:
            silence = unanswered
        seconds = monotonic() - began
        if progress.settled or seconds >= timeout:
            return Outcome(progress, answer, silence, round(seconds, 3))
        sleep(min(PAUSE_S, timeout - seconds))


def reply(outcome: Outcome, rounds: int) -> Reply:
    """The outcome as an object, with exit code 1 and the reasons when it has not settled."""
    progress, answer = outcome.progress, outcome.answer or {}
    reasons = [*progress.reasons, *([outcome.silence.message] if outcome.silence else [])]
    data = {
        "settled": progress.settled,
        "reasons": [] if progress.settled else reasons,
        "seconds": outcome.seconds,
        "rounds": rounds,
        "excepted": excepted(answer),
    }
    shown = {**data, "reasons": None if progress.settled else "; ".join(reasons)}
    if progress.settled:
        return Reply(data, shown=shown)
    cure = "wait longer with --timeout, or look at `tandem status`"
    failure = Negative("not_settled", "; ".join(reasons), where="tandem settle", cure=cure)
    return Reply(data, exit_code=failure.exit_code, failure=failure, shown=shown)


def excepted(answer: Mapping[str, Any]) -> dict[str, int]:
    """What was not waited for, over all directions. `review` has records of no flow, too."""
    flows = answer.get("flows", [])
    counts = {name: sum(int(row.get(name, 0)) for row in flows) for name in EXCEPTED}
    return {**counts, "review": int(answer.get("review", counts["review"]))}
