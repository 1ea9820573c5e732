"""How a typed Avro field holds a value as its system shows it: seconds, RFC 3339 text, decimals, JSON lists.

A field's `shown` attribute in the schema names the form, so old data is read by the form it was written in.
Each pair is (to the wire, from the wire); to the wire answers None for what the field cannot hold at all.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from schemas import jsontext
from schemas.records import Json

SCALE = 10
_DIGITS = 38
_INT64 = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Form(NamedTuple):
    """Both ways of one field's values."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Json]


def _same(value: Any) -> Any:
    return value


def _only(kind: type) -> Form:
    return Form(lambda value: value if type(value) is kind else None, _same)


def _write_long(value: Any) -> int | None:
    return value if type(value) is int and -_INT64 <= value < _INT64 else None


def write_decimal(value: Any) -> bytes | None:
    """The unscaled integer in big-endian bytes; None for more than ten fractional digits: never rounded."""
    if type(value) is not int and not (type(value) is Decimal and value.is_finite()):
        return None
    sign, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int) or abs(exponent) > _DIGITS or len(digits) > 2 * _DIGITS:
        return None
    unscaled, rest = divmod(
        int("".join(map(str, digits))) * _power(exponent + SCALE), _power(-exponent - SCALE)
    )
    if rest or unscaled >= _power(_DIGITS):
        return None
    unscaled = -unscaled if sign else unscaled
    return unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)


def _power(exponent: int) -> int:
    return int(10 ** max(exponent, 0))


def read_decimal(data: bytes) -> Decimal:
    """The number without needless zeros: 12.5, not 12.5000000000."""
    unscaled, places = int.from_bytes(data, "big", signed=True), SCALE
    while places and not unscaled % 10:
        unscaled //= 10
        places -= 1
    return Decimal((unscaled < 0, tuple(map(int, str(abs(unscaled)))), -places))


def _write_seconds(value: Any) -> int | None:
    return value * 1000 if type(value) is int and abs(value) < _INT64 // 1000 else None


def _write_rfc3339(value: Any) -> int | None:
    if type(value) is not str:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else (moment - _EPOCH) // timedelta(milliseconds=1)


def _read_rfc3339(ms: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def _write_list(value: Any) -> str | None:
    return jsontext.dumps(value) if type(value) is list else None


def _write_text_decimal(value: Any) -> bytes | None:
    if type(value) is not str or len(value) > SCALE + 40:
        return None
    try:
        return write_decimal(Decimal(value))
    except ArithmeticError:
        return None


_SHOWN = {
    "seconds": Form(_write_seconds, lambda ms: ms // 1000),
    "rfc3339": Form(_write_rfc3339, _read_rfc3339),
    "json": Form(_write_list, jsontext.loads),
    "text-decimal": Form(_write_text_decimal, lambda data: format(read_decimal(data), "f")),
}
_TYPED = {"string": _only(str), "boolean": _only(bool), "long": Form(_write_long, _same)}


def form_of(field: dict[str, Any]) -> Form:
    """The form of one field of a record's schema."""
    if "shown" in field:
        return _SHOWN[field["shown"]]
    branch = field["type"][1] if isinstance(field["type"], list) else field["type"]
    if isinstance(branch, dict) and branch.get("logicalType") == "decimal":
        return Form(write_decimal, read_decimal)
    return _TYPED[branch["type"] if isinstance(branch, dict) else branch]
