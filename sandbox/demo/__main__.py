"""`python -m sandbox.demo`: starts the sandbox, tells the story, runs on until Ctrl-C."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from rich.console import Console

from sandbox.demo.report import Figure, Report, Step
from sandbox.demo.stage import Stage, Untrue
from sandbox.demo.story import STORY, tell
from sandbox.demo.systems import System
from sandbox.jvm import ArtifactError, UnsupportedError
from sandbox.ready import StartError
from sandbox.stack import client, tenure
from sandbox.stack.layout import Layout, checkout
from sandbox.stack.options import Options, OptionsError, wish_error

SCREEN = Console()
STOPPED = "All is stopped. The state is kept in .tandem/ (`make clean` deletes it)."
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


def summary(steps: list[Step]) -> None:
    """How many of the steps above came true."""
    true, seconds = sum(step.ok for step in steps), sum(step.seconds for step in steps)
    SCREEN.print(f"{true} of {len(STORY)} steps came true in {seconds:.1f} s.")


def addresses(stage: Stage) -> None:
    """Where to look further, for as long as it runs on."""
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
    summary(steps)
    if ok and not once:
        addresses(stage)
        SCREEN.print("Runs on until Ctrl-C: edit a customer on either side and watch the other.")
        with suppress(KeyboardInterrupt):
            signal.pause()
        SCREEN.print("Stopping …")
    return ok


@click.command()
@click.option("--once", is_flag=True, help="Tell the story, stop everything, end.")
@click.option("--faults", type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path))
@click.option(
    "--root", type=click.Path(file_okay=False, path_type=Path), default=checkout, help="Where .tandem/ is."
)
@click.option("--patience", type=float, default=30.0, help="Seconds a step may take to come true.")
def main(*, once: bool, faults: Path | None, root: Path, patience: float) -> None:
    """Exit 0 if every step came true, 1 if one did not, 2 if the sandbox cannot be started.

    Ctrl-C stops everything: 0 after the story, 130 before its end (and from make, which ends by the signal itself).
    """
    layout = Layout(root.resolve())
    ok: bool | None = None
    try:
        with on_stage(layout, faults, patience) as stage:
            ok = play(stage, layout, once=once)
    except KeyboardInterrupt:
        SCREEN.print(STOPPED)
        sys.exit(130)
    except CANNOT_START as error:
        if ok is None:
            click.echo(f"The demo cannot start: {error}", err=True)
            sys.exit(2)
    SCREEN.print(STOPPED)
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except click.UsageError as error:
        click.echo(f"The demo cannot start: {wish_error(error)}", err=True)
        sys.exit(2)
