"""`tandem run`: the processes of an installation. Each is loaded only when it is run: their libraries are large."""

import click

from ops.cli.grammar import LazyGroup

PLACES = {
    "all": "ops.cli.run_all:all_",
    "connector": "ops.cli.run_connector:connector",
    "worker": "ops.cli.run_worker:worker",
}


@click.group(cls=LazyGroup, places=PLACES)
def run() -> None:
    """Run a process until it is told to end."""
