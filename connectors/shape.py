"""Which types the fields of a record have, those of the lines within it, too; and the first that is wrong, by its place."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct

Types = tuple[type, ...]
TEXT: Final[Types] = (str,)
FLAG: Final[Types] = (bool,)
WHOLE: Final[Types] = (int,)
NUMBER: Final[Types] = (int, Decimal)
LIST: Final[Types] = (list,)


class Shape(Struct, frozen=True):
    """What must hold of a record that is to be read; a field it does not name may hold anything, and any may be null.

    `required`: what must be there and not null. `lines`: the fields that are lists of objects, with the shape of each.
    """

    types: Mapping[str, Types]
    required: tuple[str, ...] = ()
    lines: Mapping[str, "Shape"] = {}

    def wrong(self, record: Mapping[str, object], place: str = "") -> str | None:
        """Return what is wrong with a record's fields, or None. `place`: what stands before their names."""
        for name in self.required:
            if record.get(name) is None:
                return f"{place}{name} is missing"
        for name, types in self.types.items():
            if (value := record.get(name)) is not None and not _fits(value, types):
                return f"{place}{name} is {_shown(value)}, expected {' or '.join(t.__name__ for t in types)}"
        for name, shape in self.lines.items():
            if (value := record.get(name)) is not None and (wrong := _wrong_line(shape, value, place + name)):
                return wrong
        return None


def fields(types: Types, names: Iterable[str]) -> dict[str, Types]:
    """Return several fields of the same types."""
    return dict.fromkeys(names, types)


def _wrong_line(shape: Shape, value: object, place: str) -> str | None:
    if not isinstance(value, list):
        return f"{place} is {_shown(value)}, expected a list of objects"
    for number, line in enumerate(value):
        at = f"{place}[{number}]"
        wrong = (
            shape.wrong(line, f"{at}.")
            if isinstance(line, Mapping)
            else f"{at} is {_shown(line)}, expected an object"
        )
        if wrong is not None:
            return wrong
    return None


def _fits(value: object, types: Types) -> bool:
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def _shown(value: object) -> str:
    return f"{type(value).__name__} {value!r:.60}"
