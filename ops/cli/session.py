"""What every asking command shares: its connection, its waiting time, its pages, its decisions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from ops.ask import Conversation
from ops.channel import channel
from ops.cli.output import Reply
from ops.configuration import connected
from ops.cures import cure_of
from ops.errors import Failure, Mistake, Negative
from schemas.records import Json

DIRECTIONS = ("to-crm", "to-invoiced")
DIFFERING = ("refused", "normalised")

wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a worker's answer.",
)
direction_option = click.option("--direction", type=click.Choice(DIRECTIONS), help="Only this direction.")
flow_option = click.option("--flow", metavar="FLOW", help="Only this flow.")


def page_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--limit` and `--after`, for every list."""
    limit = click.option(
        "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Entries at most."
    )
    after = click.option(
        "--after", metavar="KEY", help="Go on behind this key: the `next` of the page before."
    )
    return limit(after(command))


@contextmanager
def conversation() -> Iterator[Conversation]:
    """A connection to the worker, by the settings."""
    talk = Conversation(channel(connected()))
    try:
        yield talk
    finally:
        talk.close()


def ask(what: str, args: Mapping[str, Json], wait: float) -> Any:
    """One question with a connection of its own."""
    with conversation() as talk:
        return talk.ask(what, given(args), wait=wait)


def given(args: Mapping[str, Json]) -> dict[str, Json]:
    """The arguments that were given."""
    return {name: value for name, value in args.items() if value is not None}


def page(name: str, args: Mapping[str, Json], wait: float, columns: Sequence[str]) -> Reply:
    """One page of a list, sorted by its entries' own key."""
    with conversation() as talk:
        answer = talk.ask(name, given(args), wait=wait)
        if not answer[name] and args.get("flow") is not None:
            known_flow(talk, str(args["flow"]), wait)
    wanted = {key: args[key] for key in ("flow", "state", "cause") if args.get(key) is not None}
    if wanted.get("state") in DIFFERING:
        del wanted["state"]  # the worker has chosen; the links themselves are in any state
    rows = [row for row in answer[name] if all(row.get(key) == value for key, value in wanted.items())]
    return Reply({name: in_order(rows), "next": answer.get("next")}, columns={name: columns})


def in_order(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The entries by their key, whatever that is called."""
    names = ("flow", "direction", "link_id", "ref", "id", "name")
    return sorted(rows, key=lambda row: [str(row.get(name) or "") for name in names])


def find(talk: Conversation, name: str, key: str, wait: float) -> Mapping[str, Any]:
    """One entry of a list by its id, over as many pages as it takes."""
    after: Json = None
    while True:
        answer = talk.ask(name, given({"id": key, "after": after, "limit": 1000}), wait=wait)
        row: Mapping[str, Any]
        for row in answer[name]:
            if key in {row.get("id"), row.get("link_id"), row.get("ref")}:
                return row
        after = answer.get("next")
        if after is None:
            raise Negative("not_found", f"no entry has the id {key}", where=name, cure=cure_of(name))


def known_flow(talk: Conversation, flow: str, wait: float) -> None:
    """Ends the command if no flow is called so: an empty answer would hide the slip."""
    known_among(flow, talk.ask("status", wait=wait)["flows"])


def known_among(flow: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same where the flows were told already."""
    names = sorted({str(row["flow"]) for row in rows})
    if flow not in names:
        known = ", ".join(names) or "none"
        raise Mistake("no_flow", f"no such flow: {flow}", where="--flow", cure=f"known flows: {known}")


def decide(decisions: Sequence[tuple[str, Mapping[str, Json]]], wait: float) -> Reply:
    """Tells decisions one by one and reports what came of each."""
    with conversation() as talk:
        return carried_out(talk, decisions, wait)


def carried_out(
    talk: Conversation, decisions: Sequence[tuple[str, Mapping[str, Json]]], wait: float
) -> Reply:
    """The same over a connection that is there."""
    done = [{"args": given(args), **talk.decide(verb, given(args), wait=wait)} for verb, args in decisions]
    failure = _undone(done)
    if failure is None:
        return Reply({"decisions": done})
    carried = [entry for entry in done if entry.get("done")]  # the others are told as the error, once
    shown = {"decisions": carried} if carried else {}
    return Reply({"decisions": done}, exit_code=failure.exit_code, failure=failure, shown=shown)


def _undone(decisions: Sequence[Mapping[str, Any]]) -> Failure | None:
    """The failure of those that were refused or are not carried out yet."""
    missing = [entry for entry in decisions if not entry.get("done")]
    if not missing:
        return None
    refused = [str(entry["outcome"]) for entry in missing if entry.get("outcome") is not None]
    if refused:
        verb = str(missing[0]["verb"])
        return Negative("refused", "; ".join(refused), where=verb, cure=cure_of(verb))
    return Negative(
        "not_done",
        f"{len(missing)} of {len(decisions)} decisions are not carried out yet",
        where="sync.in",
        cure="they stand in the log and will be; wait longer with --wait, or look at `tandem status`",
    )
