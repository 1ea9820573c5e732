"""`tandem run all`: both connectors and a worker as children of one process."""

import sys

import click

from ops.children import Child, supervise
from ops.cli.grammar import Command
from ops.configuration import connected
from ops.logs import configure


@click.command("all", cls=Command)
def all_() -> None:
    """Run both connectors and one worker; when one ends, all end, with its exit code."""
    settings = connected()
    configure(settings.log.level)
    here = settings.state_dir
    tandem = (sys.executable, "-m", "ops.cli", "run")
    children = [
        Child(
            "connector-invoiced", (*tandem, "connector", "--system", "invoiced"), here / "connector-invoiced"
        ),
        Child("connector-crm", (*tandem, "connector", "--system", "crm"), here / "connector-crm"),
        Child("worker-0", (*tandem, "worker"), here / "worker-0"),
    ]
    raise SystemExit(supervise(children))
