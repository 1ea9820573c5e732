"""Names and sentences: docstrings where a reader looks for them, and no word that says nothing."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "base",
    "misc",
    "tools",
    "stuff",
}
# Spelled in two parts, so that this file does not offend against itself.
MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|raise NotImplemented" + r"Error")


def test_modules_say_what_they_are_for(modules: Mapping[str, ast.Module]) -> None:
    """Every module begins with a docstring whose first line is a sentence."""
    silent = [name for name, tree in modules.items() if not sentence(ast.get_docstring(tree))]

    assert silent == []


def test_public_classes_say_what_they_promise(modules: Mapping[str, ast.Module]) -> None:
    """Every public class at the top of a module has a docstring."""
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert silent == []


def test_tests_say_what_they_show(modules: Mapping[str, ast.Module]) -> None:
    """Every test has a docstring whose first line is a sentence."""
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules.items()
        if name.startswith("tests/")
        for node in functions_that_test(tree)
        if not sentence(ast.get_docstring(node))
    ]

    assert silent == []


def functions_that_test(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The test functions of a module, those in classes too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def sentence(docstring: str | None) -> bool:
    """Whether the first paragraph reads as one: it begins with a capital or a quoted name and comes to an end."""
    if not docstring:
        return False
    paragraph = docstring.strip().split("\n\n")[0].strip()
    return bool(re.match(r"[A-Z0-9`«'\"]", paragraph)) and paragraph[-1] in ".:?!)»"


def test_no_module_has_a_name_that_says_nothing(modules: Mapping[str, ast.Module]) -> None:
    """Files and folders are named after what they hold, not after being useful."""
    vague = [name for name in modules if VAGUE & set(Path(name).with_suffix("").parts)]

    assert vague == []


def test_nothing_is_left_for_later(root: Path, modules: Mapping[str, ast.Module]) -> None:
    """No file has a mark of unfinished work; what is open stands in an issue."""
    marked = [
        f"{name}:{number}"
        for name in modules
        for number, line in enumerate((root / name).read_text().splitlines(), 1)
        if MARKS.search(line)
    ]

    assert marked == []


def test_suppressions_name_their_code_and_reason(root: Path, modules: Mapping[str, ast.Module]) -> None:
    """Every silenced finding names its code and says why."""
    mute = re.compile(r"#\s*(noqa|type:\s*ignore)\b(?P<rest>.*)$")
    reasoned = re.compile(r"^(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*\s*|\[[a-z, -]+\]\s*(#|-))\W*\w+")
    bare = [
        f"{name}:{number}: {line.strip()}"
        for name in modules
        for number, line in enumerate((root / name).read_text().splitlines(), 1)
        if (found := mute.search(line))
        and '"' not in line[found.start() :]
        and not reasoned.match(found["rest"])
    ]

    assert bare == []
