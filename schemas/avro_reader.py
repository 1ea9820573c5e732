"""Avro's binary form read straight from bytes, by plans made once a schema.

For the same fields it takes half of fastavro's time (11 µs against 23 for a full customer, 30 against 52 for a
change of two); a fold reads thousands a second. fastavro stays the judge: tests compare the two. Logical types
are left as they stand on the wire.
"""

from collections.abc import Callable
from typing import Any

Read = Callable[[bytes, int], tuple[Any, int]]
Plan = tuple[tuple[str, bool, type | None, Read], ...]


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to 64 bits, seven at a time, and the place after it."""
    byte = data[at]
    at += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at
    number, shift = byte & 0x7F, 7
    while byte & 0x80:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        shift += 7
    return (number >> 1) ^ -(number & 1), at


def _read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_long(data, at)
    return data[at : at + length], at + length


def _read_text(data: bytes, at: int) -> tuple[str, int]:
    length = data[at]
    if length < 0x80:
        at += 1
        end = at + (length >> 1)
    else:
        length, at = read_long(data, at)
        end = at + length
    return data[at:end].decode(), end


def _read_boolean(data: bytes, at: int) -> tuple[bool, int]:
    return data[at] == 1, at + 1


def _read_null(_data: bytes, at: int) -> tuple[None, int]:
    return None, at


_PRIMITIVES: dict[str, Read] = {
    "null": _read_null,
    "boolean": _read_boolean,
    "int": read_long,
    "long": read_long,
    "bytes": _read_bytes,
    "string": _read_text,
}
_PLAIN: dict[Read, type] = {_read_text: str, _read_boolean: bool}


def reader_of(schema: Any, named: dict[str, Read]) -> Read:
    """How a parsed schema is read; `named` collects the records it defines, for those who name them later."""
    if isinstance(schema, list):
        return _union([reader_of(branch, named) for branch in schema])
    if isinstance(schema, str):
        return named[schema] if schema in named else _PRIMITIVES[schema]
    kind = schema["type"]
    if kind == "record":
        read = named[schema["name"]] = _record(plan_of(schema["fields"], named))
        return read
    if kind in {"array", "map"}:
        item = reader_of(schema["items" if kind == "array" else "values"], named)
        return _array(item) if kind == "array" else _map(item)
    return _PRIMITIVES[kind]


def plan_of(fields: list[dict[str, Any]], named: dict[str, Read]) -> Plan:
    """What to do for each field: its name, whether null comes first, and how it is read: texts and truths in place."""
    return tuple((field["name"], *_step(field["type"], named)) for field in fields)


def _step(type_: Any, named: dict[str, Read]) -> tuple[bool, type | None, Read]:
    nullable = isinstance(type_, list) and len(type_) == 2 and type_[0] == "null"
    read = reader_of(type_[1] if nullable else type_, named)
    return nullable, _PLAIN.get(read), read


def read_fields(plan: Plan, data: bytes, at: int) -> tuple[dict[str, Any], int]:
    """The fields of one record by name, and the place after them."""
    row: dict[str, Any] = {}
    for name, nullable, kind, read in plan:
        if nullable:
            branch = data[at]
            at += 1
            if not branch:
                row[name] = None
                continue
        if kind is str:
            # Written out, as most fields are short texts.
            length = data[at]
            if length < 0x80:
                at += 1
                end = at + (length >> 1)
            else:
                length, at = read_long(data, at)
                end = at + length
            row[name] = data[at:end].decode()
            at = end
        elif kind is bool:
            row[name] = data[at] == 1
            at += 1
        else:
            row[name], at = read(data, at)
    return row, at


def _record(plan: Plan) -> Read:
    return lambda data, at: read_fields(plan, data, at)


def _union(branches: list[Read]) -> Read:
    def read(data: bytes, at: int) -> tuple[Any, int]:
        branch, at = read_long(data, at)
        return branches[branch](data, at)

    return read


def _blocks(data: bytes, at: int) -> tuple[int, int]:
    """How many items follow. A negative count is followed by the block's size, for those who want to skip it."""
    count, at = read_long(data, at)
    if count < 0:
        _, at = read_long(data, at)
    return abs(count), at


def _array(item: Read) -> Read:
    def read(data: bytes, at: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        count, at = _blocks(data, at)
        while count:
            for _ in range(count):
                value, at = item(data, at)
                found.append(value)
            count, at = _blocks(data, at)
        return found, at

    return read


def _map(item: Read) -> Read:
    def read(data: bytes, at: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        count, at = _blocks(data, at)
        while count:
            for _ in range(count):
                name, at = _read_text(data, at)
                found[name], at = item(data, at)
            count, at = _blocks(data, at)
        return found, at

    return read
