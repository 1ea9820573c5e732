"""`tandem links`: the pairs, and joining or parting them by hand."""

import click

from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.cli.session import (
    ask,
    carried_out,
    conversation,
    decide,
    flow_option,
    page,
    page_options,
    wait_option,
)
from ops.errors import Negative

STATES = ("linked", "waiting", "review", "parked", "held", "retired")


@click.group(cls=Group)
def links() -> None:
    """Pairs of one Invoiced record and one CRM record."""


@links.command("get")
@click.argument("ref")
@wait_option
def get(ref: str, wait: float) -> Reply:
    """What is known of REF (`invoiced:customer:4711`) or of a link id."""
    return Reply(ask("link", _name(ref), wait))


@links.command("list")
@flow_option
@click.option("--state", type=click.Choice(STATES), help="Only links in this state.")
@click.option("--unlinked", is_flag=True, help="Records that stand in no link, instead.")
@page_options
@wait_option
def list_(
    *, flow: str | None, state: str | None, unlinked: bool, limit: int, after: str | None, wait: float
) -> Reply:
    """Links, or records without one."""
    args = {"flow": flow, "state": state, "after": after, "limit": limit}
    if unlinked:
        return page("unlinked", args, wait, ("ref", "flow", "state", "cause", "candidates"))
    return page("links", args, wait, ("link_id", "flow", "state", "invoiced", "crm", "cause"))


@links.command("join")
@click.argument("ref_a", metavar="REF")
@click.argument("ref_b", metavar="REF")
@wait_option
def join(ref_a: str, ref_b: str, wait: float) -> Reply:
    """Make two records one link."""
    return decide([("review.join", {"a": ref_a, "b": ref_b})], wait)


@links.command("unlink")
@click.argument("ref")
@wait_option
def unlink(ref: str, wait: float) -> Reply:
    """Part the link of REF (or a link id); both records stay as they are."""
    with conversation() as talk:
        link_id = talk.ask("link", _name(ref), wait=wait)["link_id"]
        if link_id is None:
            raise Negative(
                "not_linked", f"{ref} stands in no link", where=ref, cure="see `tandem links list`"
            )
        return carried_out(talk, [("links.unlink", {"link_id": link_id})], wait)


def _name(ref: str) -> dict[str, str]:
    return {"ref": ref} if ":" in ref else {"link_id": ref}
