"""`python -m sandbox.stack up|down|clean`, as make calls it."""

import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from click.core import ParameterSource

from sandbox.jvm import ArtifactError, UnsupportedError
from sandbox.ready import StartError
from sandbox.stack import client
from sandbox.stack.layout import Layout, checkout
from sandbox.stack.options import Options, OptionsError, wish_error

KEPT_GATE = (
    "  GATE={} is for flows that begin; the gates of flows known already stay as they were (`tandem gate show`): "
    "`tandem gate approve` opens, `tandem pause` closes, `make clean` begins anew."
)
_FILE = click.Path(exists=True, dir_okay=False, resolve_path=True)


@click.group()
@click.option(
    "--root", type=click.Path(file_okay=False, path_type=Path), default=checkout, help="The checkout."
)
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """The sandbox of one checkout."""
    context.obj = Layout(root.resolve())


@main.command()
@click.option("--seed", type=click.Choice(["demo", "none"]), default="demo")
@click.option(
    "--poll", type=click.FloatRange(0.1, 3600), default=1.0, help="Seconds between two poll rounds."
)
@click.option("--workers", type=click.IntRange(1, 16), default=1)
@click.option("--gate", type=click.Choice(["auto", "held"]), default="auto")
@click.option("--standby", type=bool, default=False, help="A second connector a system.")
@click.option("--profile", type=_FILE, default=None, help="Describes another CRM.")
@click.option("--crm", type=click.Choice(["reference"]), default="reference")
@click.option("--faults", type=_FILE, default=None, help="Faults to begin with.")
@click.pass_context
def up(context: click.Context, /, **wishes: Any) -> None:
    """Start everything and return once it is ready."""
    layout: Layout = context.obj
    given = {name for name in wishes if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    options = msgspec.convert(wishes, Options)
    kept = layout.seeded.exists() or (layout.state / "kafka").exists()
    started = client.up(options, layout, lambda step: click.echo(f"  {step}"))
    found = client.read_manifest(layout)
    click.echo(f"{'The sandbox is up' if started else 'The sandbox was up already'}: {layout.manifest}")
    if started and kept:
        click.echo("  It goes on with the state kept in .tandem/ (`make clean` deletes it).")
        if "gate" in given:
            click.echo(KEPT_GATE.format(options.gate))
    click.echo(f"  Invoiced {found['invoiced_url']}   CRM {found['crm_url']}   Kafka {found['kafka']}")


@main.command()
@click.pass_obj
def down(layout: Layout) -> None:
    """Stop everything, keep its state."""
    kept = "The sandbox is down; its state is kept: `make up` goes on with it, `make clean` deletes it."
    click.echo(kept if client.down(layout) else "Nothing was running.")


@main.command()
@click.pass_obj
def clean(layout: Layout) -> None:
    """Stop everything and delete its state."""
    client.clean(layout)
    click.echo("The sandbox is gone.")


def perform() -> int:
    """Exit code 0; 1 where something does not come up, 2 where a wish cannot be understood."""
    try:
        main(standalone_mode=False)
    except (OptionsError, click.UsageError) as error:
        return _end(wish_error(error) if isinstance(error, click.UsageError) else str(error), 2)
    except (client.StackError, ArtifactError, UnsupportedError, StartError) as error:
        return _end(str(error), 1)
    except click.Abort:
        return 130
    return 0


def _end(message: str, code: int) -> int:
    click.echo(f"The sandbox is not up: {message}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(perform())
