"""`python -m sandbox.demo`: starts the sandbox, tells the story, runs on until Ctrl-C."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from sandbox.demo.report import Figure, Report, Step
from sandbox.demo.stage import Stage, Untrue
from sandbox.demo.story import STORY, tell
from sandbox.demo.systems import System
from sandbox.jvm import ArtifactError, UnsupportedError
from sandbox.ready import StartError
from sandbox.stack import client, tenure
from sandbox.stack.layout import Layout, checkout
from sandbox.stack.options import Options, OptionsError

SCREEN = Console()
CANNOT_START = (client.StackError, ArtifactError, UnsupportedError, StartError, OptionsError)


def told(stage: Stage) -> list[Step]:
    """The steps as they come true, the untrue one last."""
    steps: list[Step] = []
    try:
        with SCREEN.status("") as status:
            story = tell(stage)
            for number in range(len(STORY)):
                status.update(f"step {number + 1} of {len(STORY)} …")
                steps.append(next(story))
                SCREEN.print(f"  [green]✓[/] {steps[-1].name}  [dim]{steps[-1].seconds:.2f} s[/]")
    except Untrue as untrue:
        steps.append(untrue.step)
        SCREEN.print(
            f"  [red]✗ {untrue.step.name}[/]: expected {untrue.step.expected}, saw {untrue.step.actual}"
        )
    return steps


def summary(stage: Stage, steps: list[Step]) -> None:
    """A table of the steps, and where to look further."""
    table = Table(title="Tandem: one organisation, two systems, in step")
    table.add_column("step")
    table.add_column("true", justify="center")
    table.add_column("seconds", justify="right")
    for step in steps:
        table.add_row(step.name, "yes" if step.ok else "no", f"{step.seconds:.2f}")
    SCREEN.print(table)
    for name in ("invoiced_url", "crm_url", "kafka", "schema_registry_url", "console_url"):
        if stage.manifest.get(name):
            SCREEN.print(f"  {name:20} {stage.manifest[name]}")
    SCREEN.print(f"  {'command line':20} {stage.manifest['tandem']} status")


@contextmanager
def on_stage(layout: Layout, faults: Path | None, patience_s: float) -> Iterator[Stage]:
    """A fresh sandbox, seeded, with both backfills done; gone with this process, however it ends."""
    if not tenure.holder(layout.lock):
        client.clean(layout)
    options = Options(seed="demo", faults=str(faults) if faults else None)
    with client.running(options, layout.root, lambda step: SCREEN.print(f"  [dim]{step}[/]")) as manifest:
        systems = (System.reach("invoiced", manifest), System.reach("crm", manifest))
        yield Stage(manifest, *systems, patience_s)


def play(stage: Stage, layout: Layout, *, once: bool) -> bool:
    """Tells the story, writes the report, and stays until Ctrl-C unless it is told once."""
    steps = told(stage)
    ok = all(step.ok for step in steps)
    figures = {step.name: Figure(step.seconds, "s") for step in steps}
    Report(ok, 0, steps, figures).write(layout.home / "demo.json")
    summary(stage, steps)
    if ok and not once:
        SCREEN.print("Runs on until Ctrl-C: edit a customer on either side and watch the other.")
        with suppress(KeyboardInterrupt):
            signal.pause()
    return ok


@click.command()
@click.option("--once", is_flag=True, help="Tell the story, stop everything, end.")
@click.option("--faults", type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path))
@click.option(
    "--root", type=click.Path(file_okay=False, path_type=Path), default=checkout, help="Where .tandem/ is."
)
@click.option("--patience", type=float, default=30.0, help="Seconds a step may take to come true.")
def main(*, once: bool, faults: Path | None, root: Path, patience: float) -> None:
    """Exit 0 if every step came true, 1 if one did not, 2 if the sandbox cannot be started."""
    layout = Layout(root.resolve())
    ok: bool | None = None
    try:
        with on_stage(layout, faults, patience) as stage:
            ok = play(stage, layout, once=once)
    except KeyboardInterrupt:
        sys.exit(130)
    except CANNOT_START as error:
        if ok is None:
            click.echo(f"The demo cannot start: {error}", err=True)
            sys.exit(2)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
