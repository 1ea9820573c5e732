"""One idea a file, one step a function: the sizes that keep it so."""

import ast
from collections.abc import Mapping
from pathlib import Path

FILE, FUNCTION, README = 250, 40, 90


def test_files_are_short(root: Path, modules: Mapping[str, ast.Module]) -> None:
    """No Python file has more than 250 lines."""
    lengths = {name: len((root / name).read_text().splitlines()) for name in modules}

    assert {name: length for name, length in lengths.items() if length > FILE} == {}


def test_functions_are_short(modules: Mapping[str, ast.Module]) -> None:
    """No function has more than 40 lines."""
    long = {
        f"{name}:{node.lineno} {node.name}": length
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    }

    assert long == {}


def test_readme_fits_on_a_screen_and_a_half(root: Path) -> None:
    """The README has at most 90 lines."""
    assert len((root / "README.md").read_text().splitlines()) <= README
