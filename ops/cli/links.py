"""`tandem links`: the pairs, and joining or parting them by hand."""

from collections.abc import Mapping
from typing import Any

import click

from ops import refs
from ops.ask import Conversation
from ops.cli.grammar import Group
from ops.cli.join import join_records
from ops.cli.link_table import PROPERTIES, side_by_side
from ops.cli.output import Reply
from ops.cli.session import (
    DIFFERING,
    carried_out,
    conversation,
    flow_option,
    page,
    page_options,
    wait_option,
)
from ops.configuration import load
from ops.errors import Negative
from ops.flows import entities
from schemas.records import Json

STATES = ("linked", "waiting", "review", "parked", "held", "retired", *DIFFERING)

EITHER = ("waiting", "review")  # states of links, and of records without one
PAIRS = ("link_id", "flow", "state", "invoiced", "crm", "cause")
ALONE = ("ref", "flow", "state", "cause", "candidates")


@click.group(cls=Group)
def links() -> None:
    """Pairs of one Invoiced record and one CRM record."""


@links.command("get")
@click.argument("ref")
@wait_option
def get(ref: str, wait: float) -> Reply:
    """What is known of REF (`invoiced:customer:4711`) or of a link id."""
    name = refs.link(ref)
    with conversation() as talk:
        answer = _link(talk, name, wait)
    return Reply(answer, shown=side_by_side(answer), columns={"properties": PROPERTIES})


@links.command("list")
@flow_option
@click.option(
    "--state",
    type=click.Choice(STATES),
    help="Only links in this state, or with a value that was refused or normalised.",
)
@click.option("--unlinked", is_flag=True, help="Records that stand in no link, instead.")
@page_options
@wait_option
def list_(
    *, flow: str | None, state: str | None, unlinked: bool, limit: int, after: str | None, wait: float
) -> Reply:
    """Links, or records without one; in `waiting` and `review` both.

    `unlinked_next` is where `--unlinked --after` goes on.
    """
    args = {"flow": flow, "state": state, "after": after, "limit": limit}
    if unlinked:
        return page("unlinked", args, wait, ALONE)
    found = page("links", args, wait, PAIRS)
    return _with_records(found, args, wait) if state in EITHER and after is None else found


def _with_records(found: Reply, args: Mapping[str, Json], wait: float) -> Reply:
    """The same beside the records in that state that have no link: who looks for what waits means both."""
    alone = page("unlinked", args, wait, ALONE)
    data = {**found.data, "unlinked": alone.data["unlinked"], "unlinked_next": alone.data["next"]}
    shown = {name: value for name, value in data.items() if value is not None}
    return Reply(data, columns={**found.columns, **alone.columns}, shown=shown)


@links.command("join")
@click.argument("ref_a", metavar="REF")
@click.argument("ref_b", metavar="REF")
@wait_option
def join(ref_a: str, ref_b: str, wait: float) -> Reply:
    """Make two records one link.

    Where they differ, the flow's policy `first_match` says whose values stand; empty never wins.
    """
    return join_records(ref_a, ref_b, wait)


@links.command("unlink")
@click.argument("ref")
@wait_option
def unlink(ref: str, wait: float) -> Reply:
    """Part the link of REF (or a link id); both records stay as they are."""
    name = refs.link(ref)
    with conversation() as talk:
        link_id = _link(talk, name, wait)["link_id"]
        if link_id is None:
            raise Negative(
                "not_linked", f"{ref} stands in no link", where=ref, cure="see `tandem links list`"
            )
        return carried_out(talk, [("links.unlink", {"link_id": link_id})], wait)


def _link(talk: Conversation, text: str, wait: float) -> dict[str, Any]:
    """The worker's answer; a record it does not know may be a slip in the entity's name."""
    name = "ref" if ":" in text else "link_id"
    try:
        found: dict[str, Any] = talk.ask("link", {name: text}, wait=wait)
    except Negative as missing:
        if missing.code == "not_found" and name == "ref":
            refs.of_entity(text, entities(load()))
        raise
    return found
