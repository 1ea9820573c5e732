"""`tandem status`: what runs, what waits, and whether all is quiet."""

from typing import Any

import click
from msgspec import ValidationError, convert

from ops.channel import change_topics, topics_of
from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import conversation, in_order, wait_option
from ops.configuration import load
from ops.errors import Negative, Unreached
from ops.flows import flows_of
from ops.lag import feeds, with_lag
from ops.quiet import State, unrest

FLOWS = ("flow", "direction", "state", "lag", "in_flight", "waiting", "parked", "conflicts")
SOURCES = ("system", "entity", "round", "last_poll_at", "last_scan_at", "backfill")


@click.command(cls=Command)
@wait_option
def status(wait: float) -> Reply:
    """Flows, sources, and whether anything still moves.

    Without a worker's answer the object says so and the exit code is 4.
    """
    settings = load()
    with conversation() as talk:
        ends = talk.ends(change_topics(settings))
        try:
            answer = talk.ask("status", wait=wait)
        except Unreached as silence:
            return Reply(silent(silence), exit_code=silence.exit_code, failure=silence)
        unfolded = talk.beyond(state_of(answer).offset)
    known = feeds(flows_of(settings), topics_of(settings))
    flows = with_lag(answer["flows"], known, answer["positions"], ends)
    told = {**view({**answer, "flows": flows}, ends), "sync_lag": unfolded}
    return Reply(told, columns={"flows": FLOWS, "sources": SOURCES})


def view(answer: dict[str, Any], ends: dict[str, int]) -> dict[str, Any]:
    """The answer in the shape of the contract, with what is counted beside it."""
    reasons = unrest(state_of(answer), ends)
    counted = ("in_flight", "retrying", "waiting_round", "poisoned", "unreadable", "offset", "catching_up")
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
