"""What a story is made of: steps that name things of its own, so that it can be told again on fresh records."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from tests.flow.customer_api import Name
from tests.oracle.entities import Operation

Fault = Literal[
    "lose_response", "throttle", "error", "delay", "stale_read", "duplicate_event", "late_event", "normalise", "bad_json"
]  # fmt: skip
FAULTS: tuple[Fault, ...] = (
    "lose_response", "throttle", "error", "delay", "stale_read", "duplicate_event", "late_event", "normalise", "bad_json",
)  # fmt: skip
PROCESSES = ("worker-0", "connector-invoiced", "connector-crm")


class Act(Struct, frozen=True, omit_defaults=True):
    """A user does something to a thing on one side. `also`: what the other side's user does at the same moment."""

    operation: Operation
    thing: str
    side: Name
    values: Mapping[str, Any] = {}
    also: Mapping[str, Any] = {}
    entity: str = ""  # of what is created, or what a changed flow makes of it
    parent: str | None = None
    lines: Mapping[str, str | None] = {}  # an order's lines by name: quantities, nothing for one that goes
    also_lines: Mapping[str, str | None] = {}

    def __str__(self) -> str:
        told = [f"{self.side}: {self.operation} {self.entity} {self.thing}".replace("  ", " ")]
        told += [_values(self.values)] if self.values else []
        told += [f"below {self.parent}"] if self.parent else []
        told += [f"lines {_values(self.lines)}"] if self.lines else []
        told += [f"; at once on the other side lines {_values(self.also_lines)}"] if self.also_lines else []
        told += [f"; at once on the other side {_values(self.also)}"] if self.also else []
        return " ".join(told)


class Plan(Struct, frozen=True):
    """What comes next, to the same thing, meets this fault."""

    kind: Fault

    def __str__(self) -> str:
        return f"    (meets {self.kind})"


class Kill(Struct, frozen=True):
    """A process of Tandem is ended by SIGKILL and started again."""

    process: str

    def __str__(self) -> str:
        return f"kill -9 {self.process}"


Step = Act | Plan | Kill
Chapter = tuple[Step, ...]


class Story(Struct, frozen=True):
    """Chapters: within one nobody waits, behind each everything is given the time to arrive."""

    number: int
    chapters: tuple[Chapter, ...]

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return sum(len(chapter) for chapter in self.chapters)

    def __str__(self) -> str:
        lines = []
        for number, chapter in enumerate(self.chapters, 1):
            lines += [f"  chapter {number}", *(f"    {step}" for step in chapter)]
        return "\n".join(lines)


def _values(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())
