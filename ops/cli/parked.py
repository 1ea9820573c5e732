"""`tandem parked`: wishes that cannot be applied, trying them again and giving them up."""

import click

from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.cli.session import carried_out, conversation, find, flow_option, page, page_options, wait_option

COLUMNS = ("id", "flow", "direction", "cause", "message", "attempts", "first_at")


@click.group(cls=Group)
def parked() -> None:
    """Wishes that cannot be applied."""


@parked.command("list")
@flow_option
@click.option("--cause", help="Only this cause.")
@page_options
@wait_option
def list_(flow: str | None, cause: str | None, limit: int, after: str | None, wait: float) -> Reply:
    """What is parked, and why."""
    return page("parked", {"flow": flow, "cause": cause, "after": after, "limit": limit}, wait, COLUMNS)


@parked.command("show")
@click.argument("id_", metavar="ID")
@wait_option
def show(id_: str, wait: float) -> Reply:
    """One parked wish."""
    with conversation() as talk:
        return Reply(find(talk, "parked", id_, wait))


@parked.command("replay")
@click.argument("id_", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="All that is parked.")
@click.option("--cause", help="All with this cause.")
@click.option("--flow", metavar="FLOW", help="All of this flow.")
@wait_option
def replay(id_: str | None, everything: bool, cause: str | None, flow: str | None, wait: float) -> Reply:
    """Compute the wish anew and try again.

    An entry of the log that could not be folded (`event:…`) is appended to the log again.
    """
    choices = {"id": id_, "all": everything or None, "cause": cause, "flow": flow}
    if sum(value is not None for value in choices.values()) != 1:
        raise click.UsageError("name one of: ID, --all, --cause, --flow")
    with conversation() as talk:
        if id_ is not None and not _may_be_refused(id_):
            find(talk, "parked", id_, wait)
        return carried_out(talk, [("parked.replay", choices)], wait)


@parked.command("discard")
@click.argument("id_", metavar="ID")
@wait_option
def discard(id_: str, wait: float) -> Reply:
    """Give the wish up: the difference stays, until either side is edited again.

    Of an entry of the log that could not be folded (`event:…`) nothing is kept.
    """
    with conversation() as talk:
        find(talk, "parked", id_, wait)
        return carried_out(talk, [("parked.discard", {"id": id_})], wait)


def _may_be_refused(id_: str) -> bool:
    """Values that were refused are not parked, and can be tried again: the worker knows whether there are any."""
    return id_.endswith((":to-crm", ":to-invoiced"))
