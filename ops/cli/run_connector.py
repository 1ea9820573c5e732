"""`tandem run connector`: reads one system and writes to it."""

from typing import cast

import click

from ops.cli.grammar import Command
from ops.configuration import connected
from ops.connector import ROLES, System, connect
from ops.logs import configure


@click.command("connector", cls=Command)
@click.option(
    "--system", type=click.Choice(["invoiced", "crm"]), required=True, help="The system to connect."
)
@click.option("--only", type=click.Choice(["poller", "sink"]), help="Only read, or only write.")
def connector(system: str, only: str | None) -> None:
    """Run a connector; a second one of the same system stands by until it can take over."""
    settings = connected()
    configure(settings.log.level)
    raise SystemExit(connect(settings, cast("System", system), ROLES[only]))
