"""`tandem status`: what runs, what waits, and whether all is quiet."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from time import time
from typing import Any

import click
from msgspec import ValidationError, convert

from ops.channel import change_topics, topics_of
from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import conversation, in_order, wait_option
from ops.configuration import load
from ops.errors import Negative, Unreached
from ops.flows import entities, flows_of
from ops.lag import feeds, with_lag
from ops.quiet import NONE, State, unread, unrest

FLOWS = (
    "flow",
    "direction",
    "state",
    "lag",
    "in_flight",
    "waiting",
    "held",
    "parked",
    "review",
    "refused",
    "conflicts",
)
# Shown to people only where there is something in them.
ASIDE = ("normalised", "cause")
SOURCES = ("system", "entity", "round", "last_poll_at", "last_scan_at", "backfill", "cause")
COUNTED = ("in_flight", "retrying", "waiting_round", "poisoned", "unreadable", "offset", "catching_up")
LOOK = {
    "poisoned": "entries of the log that cannot be folded: `tandem parked list`",
    "unreadable": "records or pages that cannot be read: `tandem links list --unlinked`",
}
LEAST_S, ROUNDS = 10.0, 3


@click.command(cls=Command)
@wait_option
def status(wait: float) -> Reply:
    """Flows, sources, and whether anything still moves.

    Without a worker's answer the object says so and the exit code is 4. `conflicts` counts all that were met so far,
    nearly all of them decided already: `tandem conflicts list`.
    """
    with conversation() as talk:
        settings = load()
        ends = talk.ends(change_topics(settings))
        try:
            answer = talk.ask("status", wait=wait)
        except Unreached as silence:
            return Reply(silent(silence), exit_code=silence.exit_code, failure=silence)
        unfolded = talk.beyond(state_of(answer).offset)
    known = feeds(flows_of(settings), topics_of(settings))
    flows = with_lag(answer["flows"], known, answer["positions"], ends)
    most_s = max(LEAST_S, ROUNDS * settings.poll_interval_s)
    wanted = [ref.replace(":", " ") for ref in entities(settings)] if answer["sources"] else []
    slower = {"invoiced item": max(LEAST_S, ROUNDS * settings.invoiced.item_interval_s)}
    told = {**view({**answer, "flows": flows}, ends, most_s, wanted, slower), "sync_lag": unfolded}
    return for_people(told)


def for_people(told: Mapping[str, Any]) -> Reply:
    """The answer, and beside its tables what has to be looked at and where."""
    columns = {"flows": _columns(told["flows"], FLOWS), "sources": _columns(told["sources"], SOURCES[:-1])}
    shown = {name: value for name, value in told.items() if name not in LOOK}
    shown["why_not_quiet"] = "; ".join(told["why_not_quiet"]) or None
    notes = tuple(f"{told[name]} {words}" for name, words in LOOK.items() if told.get(name))
    return Reply(told, columns=columns, shown=shown, notes=notes)


def _columns(rows: list[Mapping[str, Any]], columns: tuple[str, ...]) -> tuple[str, ...]:
    return (*columns, *(name for name in ASIDE if any(row.get(name) for row in rows)))


def view(
    answer: dict[str, Any],
    ends: dict[str, int],
    most_s: float = inf,
    wanted: Iterable[str] = (),
    slower: Mapping[str, float] = NONE,
) -> dict[str, Any]:
    """The answer in the shape of the contract, with what is counted beside it."""
    state = state_of(answer)
    reasons = (*unrest(state, ends), *unread(state, round(time() * 1_000), most_s, wanted, slower))
    return {
        "ready": bool(answer["sources"]) and not answer.get("catching_up"),
        "quiet": not reasons,
        "why_not_quiet": list(reasons),
        **{name: answer[name] for name in COUNTED if name in answer},
        "flows": in_order(answer["flows"]),
        "sources": list(_sources(answer["sources"])),
    }


def _sources(rows: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for source in sorted(rows, key=lambda row: (row["system"], row["entity"])):
        yield {name: source.get(name) for name in SOURCES}


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
