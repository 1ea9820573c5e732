"""What a run tells machines: `.tandem/demo.json`, in the shape of all reports."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct


class Step(Struct, frozen=True):
    """One step of the story: what was expected, what was seen, how long it took."""

    name: str
    ok: bool
    expected: Any
    actual: Any
    seconds: float


class Figure(Struct, frozen=True):
    """A measured value."""

    value: float
    unit: str


class Report(Struct, frozen=True):
    """A whole run."""

    ok: bool
    seed: int
    steps: list[Step]
    figures: dict[str, Figure]

    def write(self, path: Path) -> None:
        """Written whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2))
        draft.replace(path)
