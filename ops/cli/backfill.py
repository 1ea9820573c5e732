"""`tandem backfill`: reading a source whole, beside live polling."""

import click

from connectors.invoiced.entities import ENTITIES
from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.cli.session import ask, decide, wait_option
from ops.errors import Mistake

system_option = click.option(
    "--system", type=click.Choice(["invoiced", "crm"]), required=True, help="The source."
)
entity_option = click.option("--entity", metavar="ENTITY", help="Only this entity, e.g. `customer`.")


@click.group(cls=Group)
def backfill() -> None:
    """Reading a source whole."""


@backfill.command("start")
@system_option
@entity_option
@wait_option
def start(system: str, entity: str | None, wait: float) -> Reply:
    """Read it whole, from the beginning; it goes on where it was if it is running. Items are read at once."""
    return decide([("backfill.start", {"system": system, "entity": entity})], wait)


@backfill.command("status")
@wait_option
def status(wait: float) -> Reply:
    """How far each source has come."""
    rows = sorted(ask("status", {}, wait)["sources"], key=lambda row: (row["system"], row["entity"]))
    return Reply(
        {"backfill": [{name: row.get(name) for name in ("system", "entity", "backfill")} for row in rows]}
    )


@backfill.command("stop")
@system_option
@entity_option
@wait_option
def stop(system: str, entity: str | None, wait: float) -> Reply:
    """Stop reading it whole; live polling goes on."""
    if system == "invoiced" and entity in ENTITIES and ENTITIES[entity].traits.way == "whole":
        raise Mistake(
            "no_stop",
            f"there is no other way to poll {system} {entity} than to read it whole, at its interval",
            where="--entity",
            cure="`tandem pause` stops its flow; TANDEM_INVOICED__ITEM_INTERVAL_S sets the interval",
        )
    return decide([("backfill.stop", {"system": system, "entity": entity})], wait)
