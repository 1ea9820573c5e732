"""The page of hazards, out of the stories and of the table beside them: `python -m tests.property.hazards_page`."""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.property.hazards import REGISTER, Hazard
from tests.property.hazards_elsewhere import BESIDE, PROCESSES, Elsewhere
from tests.property.test_hazards import MODULES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "hazards.md"

_HEAD = """# Hazards

Generated from the tests (`python -m tests.property.hazards_page`). Interleavings that break a naive version of
Tandem, each with what holds all the same and where that is shown. A hazard with a mechanism is told twice by
`tests/property/test_hazards.py`: as Tandem is, and with its mechanism taken out, when it must fail.
"""
_TABLE = """
## {title}
| id | what holds | shown by | mechanism |
|---|---|---|---|
"""
SECTIONS: tuple[tuple[str, str], ...] = (
    ("A", "A: in normal use"),
    ("B", "B: under faults, and in corners"),
    ("N", "N: found at a second look"),
    ("T", "T: found at a third look, with one log"),
    ("S", "S: found by the stories of the simulator"),
    ("4", "4: a promise itself"),
)


def rows() -> list[Hazard | Elsewhere]:
    """All hazards, in the order of their names."""
    assert MODULES, "the stories register themselves when their modules are read"
    return sorted((*REGISTER.values(), *PROCESSES), key=lambda one: _order(one.id))


def _order(name: str) -> tuple[str, int, str]:
    found = re.fullmatch(r"([A-Z]|4\.)(\d+)([a-z]?)", name)
    assert found is not None, f"{name} is no name of a hazard: a letter, a number, perhaps a letter"
    return found[1], int(found[2]), found[3]


def shown_by(one: Hazard | Elsewhere) -> tuple[str, ...]:
    """The tests that show it, by file and name below `tests/`."""
    if isinstance(one, Elsewhere):
        return one.tests
    return (
        f"{one.story.__module__.replace('.', '/').removeprefix('tests/')}.py::{one.story.__name__}",
        *BESIDE.get(one.id, ()),
    )


def page() -> str:
    """The page as it must be."""
    return _HEAD + "".join(_section(letter, title) for letter, title in SECTIONS)


def _section(letter: str, title: str) -> str:
    lines = "".join(_line(one) for one in rows() if one.id.startswith(letter))
    return _TABLE.format(title=title) + lines


def _line(one: Hazard | Elsewhere) -> str:
    says = " ".join(one.says.split())
    later = f"later: {one.later}" if isinstance(one, Elsewhere) and one.later else ""
    shown = "<br>".join((*(f"`{name}`" for name in shown_by(one)), *filter(None, (later,))))
    mechanism = "" if isinstance(one, Elsewhere) else f"`{one.mechanism}`"
    return f"| {one.id} | {says} | {shown} | {mechanism} |\n"


def missing(names: Iterable[str]) -> list[str]:
    """Those of these tests or stories that are not there."""
    return [name for name in names if not _is_there(name)]


def _is_there(name: str) -> bool:
    path, _, function = name.partition("::")
    place = ROOT / "tests" / path
    return (
        place.is_file()
        and re.search(rf"^(async )?def {function}\(", place.read_text(), re.MULTILINE) is not None
    )


if __name__ == "__main__":
    PAGE.write_text(page())
