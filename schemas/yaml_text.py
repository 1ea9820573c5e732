"""A YAML file read as a tree that knows its lines, or the one mistake that keeps it from being YAML, with its cure."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError


class TextError(ValueError):
    """What keeps a file from being read, and its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_tree(path: Path) -> Any:
    """The content with its lines and its quotes; raises `TextError`."""
    text = _text(path)
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    try:
        return yaml.load(text)
    except MarkedYAMLError as error:
        line, what = _mistake(error)
        raise TextError(line, f"is no YAML: {what}") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"holds the control character {text[error.position]!r}, which nobody sees; remove it"
        raise TextError(line, message) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TextError(
            1, f"cannot be read: {error.strerror}; name a file that is there and may be read"
        ) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"is no UTF-8: the byte 0x{content[error.start]:02x} in this line; save the file as UTF-8"
        raise TextError(line, message) from error


# What the parser says of a line → what it means and what to do; the first that is found.
_SAID = (
    (r"'\\t'", "a tab stands here; indent by spaces"),
    (r"character '(.)' that cannot start", "no text begins with a bare {0}; put it in quotes"),
    (r"undefined alias '(.*)'", "no text begins with a bare *; put '*{0}' in quotes"),
    (
        r"expected <block end>, but found '([]}])'",
        "the {0} here closes nothing; remove it, or open it before",
    ),
    (
        r"expected <block end>",
        "this line is indented unlike the entries beside it; indent entries of one list or mapping alike",
    ),
    (
        r"mapping values are not allowed",
        "a colon too many, or indented unlike its neighbours; quote a text with a colon, indent entries alike",
    ),
    (r"another document", "a second document begins here; one file is one document: take the rest elsewhere"),
)


def _mistake(error: MarkedYAMLError) -> tuple[int, str]:
    """The line to look at, and what is wrong there with its cure."""
    said, within = error.problem or "", error.context or ""
    here = error.problem_mark.line + 1 if error.problem_mark else 1
    began = error.context_mark.line + 1 if error.context_mark else here
    if isinstance(error, DuplicateKeyError):
        key = re.search(r'duplicate key "(.*?)" with', said)
        return here, f"the key {key[1] if key else ''!r} stands twice; keep one of the two"
    if "flow mapping" in within or "flow sequence" in within:
        return began, _unclosed("{}" if "mapping" in within else "[]", began, here)
    if "quoted scalar" in within:
        return began, "a quote is opened here and never closed; close it"
    if "simple key" in within:
        return began, "this line is no `name: value`; write the colon and the value"
    for pattern, cure in _SAID:
        if found := re.search(pattern, said):
            return here, cure.format(*found.groups())
    return here, f"{' '.join(said.split())}; correct this line"


def _unclosed(pair: str, began: int, here: int) -> str:
    if began == here:
        return f"a comma is missing between two entries of the {pair}, or the {pair[1]} at its end; write it"
    return f"the {pair[0]} opened here is not closed (line {here} does not belong in it); write {pair[1]} at its end, or the comma that is missing"
