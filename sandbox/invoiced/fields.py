"""What a field of an Invoiced record may hold, and how a written value is read; pure.

The API is a tolerant reader: `""` means null, `"1"` is true, `"12.50"` is a number, an unknown field is
nobody's. What it refuses answers 400 with the field's name in `param`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from .errors import InvalidError
from .exact_json import dumps, plain_number

Kind = Literal[
    "text",
    "choice",
    "email",
    "country",
    "language",
    "currency",
    "integer",
    "number",
    "boolean",
    "list",
    "map",
    "object",
]
Access = Literal["read-write", "create", "read", "write"]

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
TRUE = frozenset({"1", "true"})
FALSE = frozenset({"0", "false"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its kind, what it starts as, and who sets it. A required one can never be cleared."""

    name: str
    kind: Kind = "text"
    start: Any = None
    limit: int = 255
    required: bool = False
    access: Access = "read-write"
    choices: tuple[str, ...] = ()


def read_value(field: Field, value: Any, switches: Mapping[str, bool]) -> Any:
    """The value a write means for this field; raises InvalidError."""
    if value is None or value == "":
        if field.required:
            raise InvalidError(f"{field.name} can not be blank", field.name)
        return field.start if field.kind in {"boolean", "list"} else None
    return _READERS[field.kind](field, value, switches)


def _text(field: Field, value: Any, switches: Mapping[str, bool]) -> str:
    if isinstance(value, dict | list):
        raise InvalidError(f"{field.name} must be text, not {dumps(value)[:60]}", field.name)
    text = value if isinstance(value, str) else dumps(value)
    if len(text) <= field.limit:
        return text
    if switches["invoiced.too_long_refused"]:
        raise InvalidError(
            f"{field.name} has {len(text)} characters, at most {field.limit} are kept", field.name
        )
    return text[: field.limit]


def _choice(field: Field, value: Any, switches: Mapping[str, bool]) -> str:
    text = _text(field, value, switches)
    if text not in field.choices:
        raise InvalidError(f"{field.name} {text!r} is not one of {', '.join(field.choices)}", field.name)
    return text


def _email(field: Field, value: Any, switches: Mapping[str, bool]) -> str:
    text = _text(field, value, switches)
    if switches["invoiced.email_checked"] and EMAIL.fullmatch(text) is None:
        raise InvalidError(f"{field.name} {text!r} is not an e-mail address", field.name)
    return text


def _code(letters: int, shape: Callable[[str], str]) -> Callable[[Field, Any, Mapping[str, bool]], str]:
    def read(field: Field, value: Any, switches: Mapping[str, bool]) -> str:
        text = _text(field, value, switches)
        if len(text) != letters or not (text.isascii() and text.isalpha()):
            raise InvalidError(f"{field.name} {text!r} is not a code of {letters} letters", field.name)
        return shape(text)

    return read


def _integer(field: Field, value: Any, switches: Mapping[str, bool]) -> int:
    number = _number(field, value, switches)
    if not isinstance(number, int) or abs(number) >= 2**63:
        raise InvalidError(f"{field.name} {value!s} is not a whole number of 64 bits", field.name)
    return number


def _number(field: Field, value: Any, _: Mapping[str, bool]) -> int | Decimal:
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        number = read_decimal(str(value))
        if number is not None:
            return plain_number(number)
    raise InvalidError(f"{field.name} {dumps(value)[:60]} is not a number", field.name)


def read_decimal(text: str) -> Decimal | None:
    """The number a text stands for, if it is one of at most 30 digits before and after the point."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    fits = number.is_finite() and (number == 0 or -30 < number.adjusted() < 30)
    return number if fits else None


def _boolean(field: Field, value: Any, _: Mapping[str, bool]) -> bool:
    text = value.lower() if isinstance(value, str) else dumps(value)
    if text not in TRUE | FALSE:
        raise InvalidError(f"{field.name} {text[:60]} is not true or false", field.name)
    return text in TRUE


def _list(field: Field, value: Any, _: Mapping[str, bool]) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidError(f"{field.name} must be a list", field.name)
    return value


def _map(field: Field, value: Any, _: Mapping[str, bool]) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if value == []:  # an empty map, as PHP clients send it
        return {}
    raise InvalidError(f"{field.name} must be a map", field.name)


_READERS: dict[Kind, Callable[[Field, Any, Mapping[str, bool]], Any]] = {
    "text": _text,
    "choice": _choice,
    "email": _email,
    "country": _code(2, str.upper),
    "language": _code(2, str.lower),
    "currency": _code(3, str.lower),
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "list": _list,
    "map": _map,
    "object": _map,
}
