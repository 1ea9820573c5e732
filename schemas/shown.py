"""How a typed Avro field holds a value as its system shows it: seconds, RFC 3339 text, decimals, JSON lists.

A field's `shown` attribute in the schema names the form, so old data is read by the form it was written in; that of
`lines` stands in `image.py`, since each line is an image.
Each pair is (to the wire, from the wire); to the wire answers None for what the field cannot hold at all.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any, NamedTuple

from schemas import jsontext
from schemas.records import Json

SCALE = 10
_DIGITS = 38
_LIMIT = 10 ** (_DIGITS - SCALE)
_ONE = Decimal(1)
# Raises where it would have to round.
_EXACT = Context(prec=4 * _DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact, InvalidOperation, Overflow])
_INT64 = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Form(NamedTuple):
    """Both ways of one field's values. `kind`: the type that needs no asking.

    `converts`: the wire holds something else. `exact`: what it can hold, it gives back.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any], Json]
    converts: bool = True
    exact: bool = True
    kind: type | None = None


def _same(value: Any) -> Any:
    return value


def _only(kind: type) -> Form:
    return Form(lambda value: value if type(value) is kind else None, _same, converts=False, kind=kind)


def _write_long(value: Any) -> int | None:
    return value if type(value) is int and -_INT64 <= value < _INT64 else None


def write_decimal(value: Any) -> bytes | None:
    """The unscaled integer in big-endian bytes; None for more than ten fractional digits: never rounded."""
    if type(value) is not Decimal:
        if type(value) is not int or abs(value) >= _LIMIT:
            return None
        value = Decimal(value)
    if not value.is_finite() or value.adjusted() >= _DIGITS - SCALE:
        return None
    try:
        scaled = value.scaleb(SCALE, _EXACT)
    except ArithmeticError:
        return None
    unscaled = int(scaled)
    if unscaled != scaled:
        return None
    return unscaled.to_bytes(unscaled.bit_length() // 8 + 1, "big", signed=True)


def read_decimal(data: bytes) -> Decimal:
    """The number without needless zeros: 12.5, not 12.5000000000."""
    number = Decimal(int.from_bytes(data, "big", signed=True)).scaleb(-SCALE, _EXACT).normalize(_EXACT)
    return (
        number.quantize(_ONE, context=_EXACT)
        if number.adjusted() >= 0 and number == number.to_integral_value()
        else number
    )


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
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


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
    "rfc3339": Form(_write_rfc3339, _read_rfc3339, exact=False),
    "json": Form(_write_list, jsontext.loads),
    "text-decimal": Form(_write_text_decimal, lambda data: format(read_decimal(data), "f"), exact=False),
}
_TYPED = {"string": _only(str), "boolean": _only(bool), "long": Form(_write_long, _same, converts=False)}


def form_of(field: dict[str, Any]) -> Form:
    """The form of one field of a record's schema."""
    if "shown" in field:
        return _SHOWN[field["shown"]]
    branch = field["type"][1] if isinstance(field["type"], list) else field["type"]
    if isinstance(branch, dict) and branch.get("logicalType") == "decimal":
        return Form(write_decimal, read_decimal)
    return _TYPED[branch["type"] if isinstance(branch, dict) else branch]
