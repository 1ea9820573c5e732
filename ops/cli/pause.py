"""`tandem pause` and `tandem resume`: stops and starts writing; polling goes on all the while."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from msgspec import structs

from ops.ask import Conversation
from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import (
    carried_out,
    conversation,
    decide,
    direction_option,
    flow_option,
    known_among,
    wait_option,
)
from ops.refs import link as link_name

Rows = Sequence[Mapping[str, Any]]
link_option = click.option("--link", metavar="LINK_ID", help="Only this link.")


@click.command(cls=Command)
@flow_option
@direction_option
@link_option
@wait_option
def pause(flow: str | None, direction: str | None, link: str | None, wait: float) -> Reply:
    """Stop writing: everywhere, in a flow, a direction, or one link."""
    if link is not None:
        return _link("pause", link, flow, direction, wait)
    with conversation() as talk:
        return _decided(talk, "pause", _chosen(talk, flow, direction, wait), wait)


@click.command(cls=Command)
@flow_option
@direction_option
@link_option
@wait_option
def resume(flow: str | None, direction: str | None, link: str | None, wait: float) -> Reply:
    """Write again; what waited is computed anew.

    It opens neither a paused link (`--link` does) nor what a breaker or the gate holds (`tandem breaker approve`,
    `tandem gate approve`).
    """
    if link is not None:
        return _link("resume", link, flow, direction, wait)
    with conversation() as talk:
        rows = _chosen(talk, flow, direction, wait)
        reply = _decided(talk, "resume", rows, wait)
        if reply.failure or any(row.get("state") == "paused" for row in rows):
            return reply
        notes = ("nothing was paused", *_still_closed(talk, rows, wait))
        return structs.replace(reply, shown={}, notes=notes)


def _link(verb: str, link: str, flow: str | None, direction: str | None, wait: float) -> Reply:
    if flow or direction:
        raise click.UsageError("--link stands alone: a link has both directions")
    return decide([(verb, {"link_id": link_name(link)})], wait)


def _chosen(talk: Conversation, flow: str | None, direction: str | None, wait: float) -> Rows:
    """The directions meant, as the worker tells of them."""
    rows = talk.ask("status", wait=wait)["flows"]
    if flow is not None:
        known_among(flow, rows)
    chosen = [row for row in rows if flow in {None, row["flow"]} and direction in {None, row["direction"]}]
    return sorted(chosen, key=lambda row: (str(row["flow"]), str(row["direction"])))


def _decided(talk: Conversation, verb: str, rows: Rows, wait: float) -> Reply:
    told = [(verb, {"flow": row["flow"], "direction": row["direction"]}) for row in rows]
    return carried_out(talk, told, wait)


def _still_closed(talk: Conversation, rows: Rows, wait: float) -> Iterator[str]:
    """What is not written all the same, each with the command that opens it."""
    for state, command in (("tripped", "breaker approve"), ("held", "gate approve")):
        names = [f"{row['flow']} {row['direction']}" for row in rows if row.get("state") == state]
        if names:
            yield f"{state}: {', '.join(names)}; look at it, then `tandem {command}`"
    for row in talk.ask("links", {"state": "held", "limit": 1000}, wait=wait)["links"]:
        if not row.get("cause") or "paused" in str(row["cause"]):
            yield f"paused: {row['link_id']}; `tandem resume --link {row['link_id']}`"
