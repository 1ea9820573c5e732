"""Who may import whom, who may read the environment, and whose names the rooms' names are."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

PACKAGES = ("schemas", "connectors", "streams", "ops", "sandbox")
RUNNING = ("schemas/", "connectors/", "streams/", "ops/")


def test_layers_hold(root: Path) -> None:
    """The contracts of import-linter hold."""
    lint = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run([lint, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_five_rooms_are_all_there_is(root: Path) -> None:
    """No folder at the top has become a package of its own beside the five rooms."""
    found = {path.parent.name for path in root.glob("*/__init__.py")}

    assert found <= {*PACKAGES, "bench", "tests"}
    assert set(PACKAGES) <= found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_a_room(package: str) -> None:
    """Names as plain as ours may be taken: whatever is installed beside Tandem brings none of them."""
    owners = {owner for owner in packages_distributions().get(package, []) if owner}

    assert owners <= {"tandem"}


def test_only_settings_read_the_environment(modules: Mapping[str, ast.Module]) -> None:
    """One file reads the environment; every other one is told."""
    readers = {
        name
        for name, tree in modules.items()
        if name.startswith(RUNNING)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
    }

    assert readers <= {"ops/settings.py", "ops/children.py"}  # the second one hands it on unread


def test_tests_use_real_parts(modules: Mapping[str, ast.Module]) -> None:
    """No test patches what it tests: fakes conform, or the real thing runs."""
    patched = [
        f"{name}:{node.lineno}"
        for name, tree in modules.items()
        if name.startswith("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import) and "mock" in imported(node)
    ]

    assert patched == []


def test_tests_do_not_sleep(modules: Mapping[str, ast.Module]) -> None:
    """No test waits by the clock for something to have happened."""
    asleep = [
        f"{name}:{node.lineno}"
        for name, tree in modules.items()
        if name.startswith("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and sleeps(node)
    ]

    assert asleep == []


def sleeps(call: ast.Call) -> bool:
    """Whether a call is `time.sleep` or `asyncio.sleep` of more than nothing."""
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="time" | "asyncio"), attr="sleep"), args=[argument]
        ):
            return not (isinstance(argument, ast.Constant) and argument.value == 0)
    return False


def imported(node: ast.ImportFrom | ast.Import) -> set[str]:
    """The parts of the names a statement imports."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return {part for name in (*names, *(alias.name for alias in node.names)) for part in name.split(".")}


def packages(name: str) -> Iterator[str]:
    """A package and those inside it."""
    yield name
    for found in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
        if found.ispkg:
            yield found.name


@pytest.mark.parametrize("package", [name for room in PACKAGES for name in packages(room)])
def test_a_package_names_what_it_gives_away(package: str, modules: Mapping[str, ast.Module]) -> None:
    """What a package re-exports is what its `__all__` says, and nothing is written in `__init__`."""
    tree = modules[package.replace(".", "/") + "/__init__.py"]
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    given = {
        alias.asname or alias.name
        for node in body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    assert all(isinstance(node, ast.ImportFrom | ast.Assign) for node in body)
    assert set(getattr(importlib.import_module(package), "__all__", ())) == given
