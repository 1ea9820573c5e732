"""`tandem pause` and `tandem resume`: stops and starts writing; polling goes on all the while."""

import click

from ops.cli.grammar import Command
from ops.cli.output import Reply
from ops.cli.session import (
    carried_out,
    conversation,
    decide,
    direction_option,
    flow_option,
    wait_option,
)
from ops.errors import Negative

link_option = click.option("--link", metavar="LINK_ID", help="Only this link.")


@click.command(cls=Command)
@flow_option
@direction_option
@link_option
@wait_option
def pause(flow: str | None, direction: str | None, link: str | None, wait: float) -> Reply:
    """Stop writing: everywhere, in a flow, a direction, or one link."""
    return _decided("pause", flow, direction, link, wait)


@click.command(cls=Command)
@flow_option
@direction_option
@link_option
@wait_option
def resume(flow: str | None, direction: str | None, link: str | None, wait: float) -> Reply:
    """Write again; what waited is computed anew."""
    return _decided("resume", flow, direction, link, wait)


def _decided(verb: str, flow: str | None, direction: str | None, link: str | None, wait: float) -> Reply:
    if link is not None:
        if flow or direction:
            raise click.UsageError("--link stands alone: a link has both directions")
        return decide([(verb, {"link_id": link})], wait)
    with conversation() as talk:
        rows = talk.ask("status", wait=wait)["flows"]
        chosen = sorted(
            (str(row["flow"]), str(row["direction"]))
            for row in rows
            if flow in {None, row["flow"]} and direction in {None, row["direction"]}
        )
        if not chosen:
            known = ", ".join(sorted({str(row["flow"]) for row in rows})) or "none"
            raise Negative("no_flow", f"no such flow: {flow}", where="flows", cure=f"known flows: {known}")
        return carried_out(talk, [(verb, {"flow": name, "direction": way}) for name, way in chosen], wait)
