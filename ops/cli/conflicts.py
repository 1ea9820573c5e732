"""`tandem conflicts`: properties edited on both sides, and who won."""

from collections.abc import Mapping
from typing import Any

import click
from msgspec import structs

from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.cli.session import conversation, decide, find, flow_option, page, page_options, wait_option

COLUMNS = ("id", "link_id", "property", "base", "invoiced", "crm", "policy", "winner", "at", "state")


@click.group(cls=Group)
def conflicts() -> None:
    """Properties edited on both sides."""


@conflicts.command("list")
@flow_option
@page_options
@wait_option
def list_(flow: str | None, limit: int, after: str | None, wait: float) -> Reply:
    """Conflicts, decided and open."""
    reply = page("conflicts", {"flow": flow, "after": after, "limit": limit}, wait, COLUMNS)
    return structs.replace(
        reply, shown={**reply.data, "conflicts": [told(row) for row in reply.data["conflicts"]]}
    )


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A conflict with its state in words: what a person has resolved names the side that was taken."""
    resolved = row.get("resolved")
    return {**row, "state": f"resolved: {resolved['take']} was taken" if resolved else row.get("state")}


@conflicts.command("show")
@click.argument("id_", metavar="ID")
@wait_option
def show(id_: str, wait: float) -> Reply:
    """One conflict."""
    with conversation() as talk:
        return Reply(find(talk, "conflicts", id_, wait))


@conflicts.command("resolve")
@click.argument("id_", metavar="ID")
@click.option(
    "--take", type=click.Choice(["invoiced", "crm"]), required=True, help="The side whose value stays."
)
@wait_option
def resolve(id_: str, take: str, wait: float) -> Reply:
    """Decide a conflict: both sides get the value of one."""
    return decide([("conflicts.resolve", {"id": id_, "take": take})], wait)
