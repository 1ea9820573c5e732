"""Avro's binary form written straight into a buffer, by plans made once a schema; the twin of `avro_reader`."""

from collections.abc import Callable
from typing import Any, NoReturn

Write = Callable[[bytearray, Any], None]

# The branch of a nullable field that is not null, and with it the length of a short text, or a truth.
SHORT_TEXT = tuple(bytes((2, length << 1)) for length in range(64))
TRUE, FALSE = b"\2\1", b"\2\0"
_INT64 = 2**63


def write_long(out: bytearray, number: int) -> None:
    """A number of up to 64 bits, seven at a time."""
    if 0 <= number < 64:
        out.append(number << 1)
        return
    if not -_INT64 <= number < _INT64:
        raise ValueError(f"{number} does not fit 64 bits")
    rest = (number << 1) ^ (number >> 63)
    while rest > 0x7F:
        out.append((rest & 0x7F) | 0x80)
        rest >>= 7
    out.append(rest)


def write_bytes(out: bytearray, value: bytes) -> None:
    """Its length, then the bytes."""
    write_long(out, len(value))
    out += value


def write_text(out: bytearray, value: str) -> None:
    """Its length in UTF-8, then the bytes."""
    held = value.encode()
    length = len(held)
    if length < 64:
        out.append(length << 1)
    else:
        write_long(out, length)
    out += held


def _write_boolean(out: bytearray, value: bool) -> None:
    out.append(1 if value else 0)


_PRIMITIVES: dict[str, tuple[type, Write]] = {
    "boolean": (bool, _write_boolean),
    "int": (int, write_long),
    "long": (int, write_long),
    "bytes": (bytes, write_bytes),
    "string": (str, write_text),
}


def writer_of(schema: Any, named: dict[str, Write]) -> Write:
    """How a parsed schema of ours is written; of unions it knows the nullable ones, which are all we have."""
    if isinstance(schema, list):
        return _nullable(writer_of(schema[1], named))
    if isinstance(schema, str):
        return named[schema] if schema in named else _checked(schema)
    kind = schema["type"]
    if kind == "record":
        write = named[schema["name"]] = _record(schema, named)
        return write
    if kind in {"array", "map"}:
        item = writer_of(schema["items" if kind == "array" else "values"], named)
        return _array(item) if kind == "array" else _map(item)
    return _checked(kind)


def _checked(kind: str) -> Write:
    due, write = _PRIMITIVES[kind]

    def checked(out: bytearray, value: Any) -> None:
        if type(value) is not due:
            raise TypeError(f"{value!r} is no {kind}")
        write(out, value)

    return checked


def _nullable(write: Write) -> Write:
    def nullable(out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0)
        else:
            out.append(2)
            write(out, value)

    return nullable


def _record(schema: dict[str, Any], named: dict[str, Write]) -> Write:
    required = object()
    plan = tuple(
        (field["name"], field.get("default", required), writer_of(field["type"], named))
        for field in schema["fields"]
    )

    def record(out: bytearray, row: dict[str, Any]) -> None:
        for name, default, write in plan:
            value = row.get(name, default)
            if value is None and default is None:
                out.append(0)
                continue
            try:
                write(out, value)
            except (TypeError, ValueError) as error:
                _refuse(f"{schema['name']}.{name}", "is missing" if value is required else str(error), error)

    return record


def _refuse(place: str, why: str, error: Exception) -> NoReturn:
    """Said once, at the innermost place."""
    if isinstance(error, Unwritable):
        raise error
    raise Unwritable(f"{place}: {why}") from error


class Unwritable(ValueError):  # noqa: N818 - named for what the value is
    """A value that its schema cannot hold: a mistake of whoever made it."""


def _array(item: Write) -> Write:
    def array(out: bytearray, values: Any) -> None:
        if values:
            write_long(out, len(values))
            for value in values:
                item(out, value)
        out.append(0)

    return array


def _map(item: Write) -> Write:
    def write(out: bytearray, values: Any) -> None:
        if values:
            write_long(out, len(values))
            for name, value in values.items():
                write_text(out, name)
                item(out, value)
        out.append(0)

    return write
