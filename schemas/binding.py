"""The frozen records in their Avro form and back, from their annotations alone."""

from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin

import msgspec

from schemas import jsontext
from schemas.records import Json

Row = dict[str, Any]


class Way(NamedTuple):
    """Both ways of one annotation; None where the value stands as it is."""

    pack: Callable[[Any], Any] | None
    unpack: Callable[[Any], Any] | None


AS_IS = Way(None, None)
_EXACT = (int, bool, int | None, bool | None)
_INT64 = 2**63


class Binding:
    """How one record class stands in Avro. A field its writer lacked takes the class's default."""

    def __init__(self, cls: type[msgspec.Struct]) -> None:
        self._cls = cls
        hints = cls.__annotations__
        self._ways = {
            name: _only(hint, f"{cls.__name__}.{name}") if hint in _EXACT else _way(hint)
            for name, hint in hints.items()
        }
        self._nullable = {name for name, hint in hints.items() if NoneType in get_args(hint)}
        self._names = tuple(hints)

    def pack(self, value: msgspec.Struct) -> Row:
        """The Avro fields of a record."""
        row: Row = {}
        for name in self._names:
            held = getattr(value, name)
            if held is not None:
                pack = self._ways[name].pack
                row[name] = held if pack is None else pack(held)
        return row

    def known(self, row: Row) -> Any:
        """The record of fields that are values already; those this version does not know are left out."""
        if row.keys() <= self._ways.keys():
            return self._cls(**row)
        return self._cls(**{name: row[name] for name in row if name in self._ways})

    def unpack(self, row: Row) -> Any:
        """The record that decoded Avro fields hold; a field this version does not know is left out."""
        values: Row = {}
        for name, held in row.items():
            way = self._ways.get(name)
            if way is None or (held is None and name not in self._nullable):
                continue
            values[name] = held if held is None or way.unpack is None else way.unpack(held)
        return self._cls(**values)


@cache
def bind(cls: type[msgspec.Struct]) -> Binding:
    """The one binding of a record class."""
    return Binding(cls)


def _way(hint: Any) -> Way:
    if hint == Json:
        return Way(jsontext.dumps, jsontext.loads)
    branches = [branch for branch in get_args(hint) if branch is not NoneType]
    if NoneType in get_args(hint):
        return _way(branches[0])
    if get_origin(hint) is Mapping:
        return _json_map if branches[1] == Json else Way(_sorted, None)
    if get_origin(hint) is tuple:
        return _tuple_of(branches[0])
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        binding = bind(hint)
        return Way(binding.pack, binding.unpack)
    return AS_IS


def _only(hint: Any, place: str) -> Way:
    """A value of that very type: fastavro would write 1 for 1.5 and true for any text."""
    kind = next(each for each in (int, bool) if hint in {each, each | None})

    def same(held: Any) -> Any:
        if type(held) is kind and -_INT64 <= held < _INT64:
            return held
        raise TypeError(f"{place}: {held!r} is no {kind.__name__} of at most 64 bits")

    return Way(same, None)


def _tuple_of(item: Any) -> Way:
    way = _way(item)
    if way.pack is None or way.unpack is None:
        return Way(list, tuple)
    pack, unpack = way.pack, way.unpack
    return Way(lambda held: [pack(each) for each in held], lambda held: tuple(unpack(each) for each in held))


def _sorted(held: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(held.items()))


_json_map = Way(
    lambda held: {name: jsontext.dumps(held[name]) for name in sorted(held)},
    lambda held: {name: jsontext.loads(text) for name, text in held.items()},
)
