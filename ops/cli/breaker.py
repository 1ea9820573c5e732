"""`tandem breaker`: flows that stopped because too much was about to change at once."""

import click
from msgspec import structs

from ops.ask import Conversation
from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.cli.session import (
    carried_out,
    conversation,
    direction_option,
    flow_option,
    known_flow,
    page,
    page_options,
    wait_option,
)
from ops.errors import Negative

REJECTED = (
    "Paused, nothing is dropped: put the records right in their own system, look with `tandem plan`, then "
    "`tandem resume` computes anew what is to be written."
)
COLUMNS = ("flow", "direction", "state", "waiting", "cause")


@click.group(cls=Group)
def breaker() -> None:
    """Flows that stopped because too much was about to change at once, or too many records are missing."""


@breaker.command("show")
@flow_option
@page_options
@wait_option
def show(flow: str | None, limit: int, after: str | None, wait: float) -> Reply:
    """Which breakers tripped, and over what."""
    return page("breaker", {"flow": flow, "after": after, "limit": limit}, wait, COLUMNS)


@breaker.command("approve")
@flow_option
@direction_option
@wait_option
def approve(flow: str | None, direction: str | None, wait: float) -> Reply:
    """The change is meant: go on with it."""
    return _decided("breaker.approve", flow, direction, wait)


@breaker.command("reject")
@flow_option
@direction_option
@wait_option
def reject(flow: str | None, direction: str | None, wait: float) -> Reply:
    """The change is a mistake: pause the direction, so that it can be undone where it was made.

    Nothing is dropped. Put the records right in their own system, then `tandem resume`: what is to be written is
    computed anew from what the records say by then.
    """
    reply = _decided("breaker.reject", flow, direction, wait)
    return structs.replace(reply, notes=() if reply.failure else (REJECTED,))


def _decided(verb: str, flow: str | None, direction: str | None, wait: float) -> Reply:
    with conversation() as talk:
        tripped = _tripped(talk, flow, direction, wait)
        return carried_out(talk, [(verb, {"flow": name, "direction": way}) for name, way in tripped], wait)


def _tripped(
    talk: Conversation, flow: str | None, direction: str | None, wait: float
) -> list[tuple[str, str]]:
    rows = [
        row for row in talk.ask("breaker", wait=wait)["breaker"] if row.get("state", "tripped") == "tripped"
    ]
    found = sorted(
        {
            (str(row["flow"]), str(row["direction"]))
            for row in rows
            if flow in {None, row["flow"]} and direction in {None, row["direction"]}
        }
    )
    if not found:
        if flow is not None:
            known_flow(talk, flow, wait)
        cure = "see `tandem breaker show`"
        raise Negative("nothing_tripped", "no such breaker has tripped", where="breaker", cure=cure)
    return found
