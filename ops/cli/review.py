"""`tandem review`: records whose counterpart only a person can name."""

import click

from ops import refs
from ops.cli.grammar import Group
from ops.cli.join import join_records
from ops.cli.output import Reply
from ops.cli.session import decide, flow_option, page, page_options, wait_option


@click.group(cls=Group)
def review() -> None:
    """Records whose counterpart only a person can name."""


@review.command("list")
@flow_option
@page_options
@wait_option
def list_(flow: str | None, limit: int, after: str | None, wait: float) -> Reply:
    """What waits for a person, with its candidates."""
    columns = ("ref", "flow", "cause", "candidates")
    return page("review", {"flow": flow, "after": after, "limit": limit}, wait, columns)


@review.command("join")
@click.argument("ref_a", metavar="REF")
@click.argument("ref_b", metavar="REF")
@wait_option
def join(ref_a: str, ref_b: str, wait: float) -> Reply:
    """These two records are the same thing.

    Where they differ, the flow's policy `first_match` says whose values stand (as delivered: Invoiced's); empty never
    wins, and what is overwritten is in `tandem conflicts list`. The answer names the policy.
    """
    return join_records(ref_a, ref_b, wait)


@review.command("separate")
@click.argument("ref")
@wait_option
def separate(ref: str, wait: float) -> Reply:
    """REF is none of its candidates: it goes on as a record of its own."""
    return decide([("review.separate", {"ref": refs.record(ref)})], wait)
