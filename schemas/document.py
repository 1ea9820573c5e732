"""YAML files checked against frozen models: every mistake at once, each with its place, its value and its cure."""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import ScalarString

from schemas.wording import Place, did_you_mean, dotted, nearest
from schemas.yaml_text import TextError, read_tree

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it stands, what is wrong, and what to write instead."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class DocumentError(ValueError):
    """Every mistake of the files that were read, as plain lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Document:
    """One YAML file: its content as plain values, and the line of every place in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.within: Place = ()
        self._tree = self._read()
        self.content: Any = _plain(self._tree)

    def _read(self) -> Any:
        try:
            tree = read_tree(self.path)
        except TextError as error:
            self.problems.append(Problem(str(self.path), error.line, str(error)))
            return None
        if not isinstance(tree, CommentedMap):
            self.problems.append(Problem(str(self.path), 1, "is empty or no mapping; begin with `name: …`"))
        return tree

    def line(self, place: Place) -> int:
        """The line of a place; of what contains it, when it is not there."""
        node, line = self._tree, 1
        for step in place:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
            else:
                break
            node = node[step]
        return line

    def value(self, place: Place) -> Any:
        """What stands at a place."""
        node = self.content
        for step in place:
            node = node[step]
        return node

    def part(self, place: Place) -> "Document":
        """The same file, in which places are told from this one on."""
        part = copy(self)
        part.within = (*self.within, *place)
        return part

    def wrong(self, place: Place, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(str(self.path), self.line((*self.within, *place)), message))

    def check(self, adapter: TypeAdapter[T], model: type[T]) -> T | None:
        """The content as the model; None after noting every mistake."""
        if self.content is None:
            return None
        read, wrong = None, dict[Place, list[ErrorDetails]]()
        try:
            read = adapter.validate_python(self.content)
        except ValidationError as error:
            wrong = self._by_place(error.errors(include_url=False))
        for place, found in wrong.items():
            self.wrong(place, _sentence(place, found, model))
        quoted = [place for place in _quoted(self._tree) if place not in wrong and _is_no_text(model, place)]
        for place in quoted:
            self.wrong(place, f"{dotted(place)} is the text {self.value(place)!r}; write it without quotes")
        return None if quoted else read

    def _by_place(self, errors: Iterable[ErrorDetails]) -> dict[Place, list[ErrorDetails]]:
        """A value that fits no branch of a union is one mistake, not one a branch."""
        grouped: dict[Place, list[ErrorDetails]] = {}
        for error in errors:
            place = error["loc"]
            if error["type"] not in {"missing", _UNKNOWN}:
                place = self._existing(place)
            grouped.setdefault(place, []).append(error)
        return grouped

    def _existing(self, place: Place) -> Place:
        """The part of a place that is written down; the rest names a branch of a union."""
        for depth in range(len(place), 0, -1):
            try:
                self.value(place[:depth])
            except (KeyError, IndexError, TypeError):
                continue
            return place[:depth]
        return ()


def _quoted(node: Any, place: Place = ()) -> Iterator[Place]:
    """Every place that holds a text in quotes."""
    if isinstance(node, CommentedMap):
        for key, value in node.items():
            yield from _quoted(value, (*place, key))
    elif isinstance(node, CommentedSeq):
        for index, value in enumerate(node):
            yield from _quoted(value, (*place, index))
    elif isinstance(node, ScalarString):
        yield place


def _is_no_text(model: Any, place: Place) -> bool:
    """Whether a number or yes/no is due there, which a text in quotes only looks like."""
    try:
        return _model_at(model, place) in {bool, int, float}
    except (KeyError, IndexError):  # nothing is known of it: that is another mistake
        return False


_UNKNOWN = "unexpected_keyword_argument"
_CURES = {
    "string_type": "write a text (quote it if it looks like something else)",
    "tuple_type": "write a list: [a, b]",
    "dataclass_type": "write a mapping: {name: value}",
    "mapping_type": "write a mapping: {name: value}",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "float_parsing": "write a number",
    "float_type": "write a number",
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
}


def _sentence(place: Place, found: list[ErrorDetails], model: type) -> str:
    first = found[0]
    if first["type"] == "missing":
        return f"{dotted(place)} is missing; add it"
    if first["type"] == _UNKNOWN:
        known = [each.name for each in fields(_model_at(model, place[:-1]))]
        return f"{dotted(place)} is unknown here; {did_you_mean(place[-1], known)}"
    if first["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", first.get("ctx", {}).get("expected", ""))
        cure = did_you_mean(first["input"], choices)
        if any(each["type"] == "tuple_type" for each in found) and nearest(first["input"], choices) is None:
            cure = f"write a list of values: [{first['input']}], or one of: {', '.join(choices)}"
        return f"{dotted(place)} has {first['input']!r}; {cure}"
    cures = dict.fromkeys(_CURES.get(each["type"], each["msg"]) for each in found)
    return f"{dotted(place)} is {first['input']!r}; {' or '.join(cures)}"


def _model_at(model: Any, place: Place) -> Any:
    """The class of what stands at a place."""
    for step in place:
        inner = (
            get_type_hints(model)[str(step)]
            if is_dataclass(model)
            else get_args(model)[0 if isinstance(step, int) else 1]
        )
        model = inner
    return model


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return str(node) if isinstance(node, ScalarString) else node
