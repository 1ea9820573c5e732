"""`tandem gate`: first creations, which wait until a person has seen what they would be."""

import click

from ops.ask import Conversation
from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.cli.session import (
    carried_out,
    conversation,
    flow_option,
    known_flow,
    page,
    page_options,
    wait_option,
)
from ops.errors import Negative

COLUMNS = ("flow", "direction", "state", "held", "cause")


@click.group(cls=Group)
def gate() -> None:
    """First creations that wait for approval."""


@gate.command("show")
@flow_option
@page_options
@wait_option
def show(flow: str | None, limit: int, after: str | None, wait: float) -> Reply:
    """What each gate holds."""
    return page("gate", {"flow": flow, "after": after, "limit": limit}, wait, COLUMNS)


@gate.command("approve")
@flow_option
@wait_option
def approve(flow: str | None, wait: float) -> Reply:
    """Let the held creations go: of one flow, or of all that are held."""
    with conversation() as talk:
        if flow is not None:
            known_flow(talk, flow, wait)
        flows = [flow] if flow is not None else _held(talk, wait)
        return carried_out(talk, [("gate.approve", {"flow": name}) for name in flows], wait)


def _held(talk: Conversation, wait: float) -> list[str]:
    held = {
        str(row["flow"]) for row in talk.ask("gate", wait=wait)["gate"] if row.get("state", "held") == "held"
    }
    if not held:
        raise Negative("nothing_held", "no gate holds anything", where="gate", cure="see `tandem gate show`")
    return sorted(held)
