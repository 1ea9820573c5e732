"""What a hazard is: a story that must hold, the mechanism that makes it hold, and how it fails without it.

Each hazard is told twice by `test_hazards.py`: as Tandem is, and with its mechanism taken out. `without` names
what is replaced, by its dotted path; this is the one place where a test may replace a part, for the
replacement is the fault itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Story = Callable[[], None]
REGISTER: dict[str, "Hazard"] = {}


@dataclass(frozen=True, slots=True)
class Hazard:
    """One interleaving that breaks a naive version. `mechanism`: file:function; `fails`: what is said without it."""

    id: str
    says: str
    mechanism: str
    fails: str
    without: Mapping[str, Any]
    story: Story


def hazard(name: str, mechanism: str, fails: str, without: Mapping[str, Any]) -> Callable[[Story], Story]:
    """Registers a story under the hazard's name; its docstring is what the hazard says."""

    def register(story: Story) -> Story:
        assert name not in REGISTER, f"{name} is told twice"
        says = (story.__doc__ or "").strip()
        REGISTER[name] = Hazard(name, says, mechanism, fails, without, story)
        return story

    return register
