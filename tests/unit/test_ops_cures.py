"""Every command that a message, a page or the README names is one that can be typed as it stands there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ops.cli.root import root

HERE = Path(__file__).resolve().parents[2]
ROOMS = ("ops", "streams", "connectors", "sandbox")
PAGES = [HERE / "README.md", *HERE.glob("docs/how-to/*.md"), *HERE.glob("docs/tutorial/*.md")]
PLACE = re.compile(r"LINK_ID|\bID\b")
LINK = "11111111-2222-3333-4444-555555555555"


def named(text: str) -> set[str]:
    """Commands in backticks, but those of which only a part is told."""
    found = re.findall(r"`tandem ([^`\n…\[|(]+)`", text)
    return {PLACE.sub(LINK, words).strip() for words in found}


def messages(source: str) -> Iterator[str]:
    """The texts a program can say: no docstrings, and whatever is filled in is filled in."""
    tree = ast.parse(source)
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(_part(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | parts:
            yield node.value


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else LINK


def given() -> list[str]:
    """All of them, once each."""
    files = [path for room in ROOMS for path in (HERE / room).rglob("*.py")]
    sources = [source for path in files if "`tandem " in (source := path.read_text())]
    said = [text for source in sources for text in messages(source)]
    found = {words for text in [*said, *(page.read_text() for page in PAGES)] for words in named(text)}
    return sorted(found - {LINK})


@pytest.mark.parametrize("words", given())
def test_a_named_command_can_be_typed(words: str) -> None:
    """Its group, its name, its options and its arguments are there."""
    command: click.Command = root
    line = words.split()
    with click.Context(root) as context:
        while isinstance(command, click.Group) and line:
            found = command.get_command(context, line.pop(0))
            assert found is not None, words
            command = found
        if not isinstance(command, click.Group):
            command.make_context("tandem", line, parent=context)
    assert words != "parked replay", "it asks for an id, --all, --cause or --flow"
