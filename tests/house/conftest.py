"""The tree the house rules are about: its Python files, parsed once, and the files git knows."""

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("schemas", "connectors", "streams", "ops", "sandbox", "tests", "bench")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def modules() -> Mapping[str, ast.Module]:
    """Every Python file of every room, by its path from the top."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(), str(path))
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    }


@pytest.fixture(scope="session")
def tracked() -> tuple[Path, ...]:
    """The files that would be committed, with their whole path; without git, those that lie here."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts)
    return tuple(ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file())
