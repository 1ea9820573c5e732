"""`python -m tests.oracle`: tells stories for so many seconds and writes `.tandem/reports/oracle.json`."""

import secrets
import shutil
import signal
import sys
from types import FrameType

import click

from sandbox.jvm import ArtifactError, UnsupportedError
from sandbox.stack import client
from sandbox.stack.layout import Layout, checkout
from tests.oracle.entities import kept
from tests.oracle.running import Run
from tests.oracle.stack import started

CANNOT_START = (ArtifactError, UnsupportedError, client.StackError)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Told to end: everything that was started is stopped on the way out."""
    sys.exit(2)


@click.command()
@click.option(
    "--seconds", type=float, default=300.0, show_default=True, help="For how long stories are told."
)
@click.option("--seed", type=click.IntRange(0), help="Tells the stories of this seed again.")
def main(*, seconds: float, seed: int | None) -> None:
    """Exit 0 if every story converged and every cell was reached, 1 if not, 2 if nothing could be started."""
    signal.signal(signal.SIGTERM, _end)
    home = Layout(checkout()).home
    root, chosen = home / "oracle", secrets.randbelow(10_000) if seed is None else seed
    shutil.rmtree(root, ignore_errors=True)
    click.echo(f"seed {chosen}")
    try:
        with started(root) as installation:
            report = Run(chosen, installation, kept(), click.echo).tell(seconds)
    except CANNOT_START as error:
        click.echo(f"The oracle cannot start: {error}", err=True)
        sys.exit(2)
    report.write(home / "reports" / "oracle.json")
    for step in report.steps:
        if not step.ok:
            click.echo(f"UNTRUE {step.name}: {step.actual}")
    sys.exit(0 if report.ok else 1)


if __name__ == "__main__":
    main()
