"""`tandem status`: what runs, what waits, and whether all is quiet."""

from typing import Any

import click
from msgspec import ValidationError, convert

from ops.channel import change_topics
from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import conversation, in_order, wait_option
from ops.configuration import load
from ops.errors import Negative, Unreached
from ops.quiet import State, unrest

FLOWS = ("flow", "direction", "state", "lag", "in_flight", "waiting", "parked", "conflicts")
SOURCES = ("system", "entity", "round", "last_poll_at", "last_scan_at", "backfill")


@click.command(cls=Command)
@wait_option
def status(wait: float) -> Reply:
    """Flows, sources, and whether anything still moves.

    Without a worker's answer the object says so and the exit code is 4.
    """
    with conversation() as talk:
        ends = talk.ends(change_topics(load()))
        try:
            answer = talk.ask("status", wait=wait)
        except Unreached as silence:
            return Reply(silent(silence), exit_code=silence.exit_code, failure=silence)
    return Reply(view(answer, ends), columns={"flows": FLOWS, "sources": SOURCES})


def view(answer: dict[str, Any], ends: dict[str, int]) -> dict[str, Any]:
    """The answer in the shape of the contract, with what is counted beside it."""
    reasons = unrest(state_of(answer), ends)
    counted = ("in_flight", "retrying", "waiting_round", "offset", "catching_up")
    return {
        "ready": bool(answer["sources"]) and not answer.get("catching_up"),
        "quiet": not reasons,
        "why_not_quiet": list(reasons),
        **{name: answer[name] for name in counted if name in answer},
        "flows": in_order(answer["flows"]),
        "sources": [
            {name: source.get(name) for name in SOURCES}
            for source in sorted(answer["sources"], key=lambda source: (source["system"], source["entity"]))
        ],
    }


def silent(silence: Unreached) -> dict[str, Any]:
    """The status of an installation whose worker says nothing."""
    return {"ready": False, "quiet": False, "why_not_quiet": [silence.message], "flows": [], "sources": []}


def state_of(answer: dict[str, Any]) -> State:
    """The part of the answer that decides about quiet."""
    try:
        return convert(answer, State)
    except ValidationError as error:
        raise Negative(
            "answer",
            f"the worker's answer cannot be read: {error}",
            where="status",
            cure="run the same version of Tandem here and in the worker",
        ) from error
