"""What a run writes down: its parts, and figures with the targets they are read beside."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sandbox.demo.report import Figure, Report, Step


class Measured(Figure, frozen=True):
    """A figure; the target is printed beside it and never asserted."""

    target: str = ""


class Book:
    """Gathers a run. A part that raises is noted with its reason, and the others still run."""

    def __init__(self, screen: Console) -> None:
        self._screen = screen
        self.steps: list[Step] = []
        self.figures: dict[str, Figure] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """One part: it ran, and what it checked held."""
        self._screen.print(f"[dim]{name} …[/]")
        began, problem = time.perf_counter(), None
        try:
            yield
        except Exception as error:  # noqa: BLE001  # a part's end, whatever it was, is a line of the report
            problem = f"{type(error).__name__}: {error}"
            self._screen.print(f"  [red]{name}: {problem}[/]", highlight=False)
        seconds = round(time.perf_counter() - began, 3)
        self.steps.append(
            Step(name, problem is None, "ran, checks held", problem or "ran, checks held", seconds)
        )

    def note(self, name: str, value: float, unit: str, target: str = "") -> None:
        """Write a figure down, three digits long."""
        self.figures[name] = Measured(float(f"{value:.3g}"), unit, target)

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    def write(self, path: Path, seed: int) -> None:
        Report(self.ok, seed, self.steps, self.figures).write(path)

    def show(self) -> None:
        """All figures as a table."""
        table = Table("figure", "value", "unit", "target")
        for name, figure in self.figures.items():
            target = figure.target if isinstance(figure, Measured) else ""
            table.add_row(name, f"{figure.value:,g}", figure.unit, target)
        self._screen.print(table)
