"""JSON text for free-form values: numbers exact, keys sorted, the same value always the same text."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.records import Json

_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def dumps(value: Json) -> str:
    """Return the one text of a value. A float is refused: it has already lost what was sent."""
    if type(value) is not str:
        _refuse_inexact(value)
    return _encoder.encode(value).decode()


def loads(text: str) -> Json:
    """Return the value of a text; a number with a fraction or exponent is a `Decimal`."""
    value: Json = _decoder.decode(text)
    return value


def _refuse_inexact(value: Any) -> None:
    if value is None or type(value) is int:
        return
    if isinstance(value, float) or (isinstance(value, Decimal) and not value.is_finite()):
        raise TypeError(f"{value!r} is no exact number; read JSON with Decimal for fractions")
    if isinstance(value, dict):
        for each in value.values():
            _refuse_inexact(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_inexact(each)
