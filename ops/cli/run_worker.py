"""`tandem run worker`: the agents that keep both systems in step."""

import click

from ops.cli.grammar import Command
from ops.configuration import connected
from ops.logs import configure
from ops.worker import work


@click.command("worker", cls=Command)
def worker() -> None:
    """Run a worker: it reads changes, decides, and says what each system must become."""
    settings = connected()
    configure(settings.log.level)
    raise SystemExit(work(settings))
