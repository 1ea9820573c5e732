"""JSON in and out without a float on the way: a number with a fraction is a Decimal.

msgspec reads and writes Decimal as JSON numbers as simplejson does, at a tenth of the time.
"""

from decimal import Decimal
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def loads(text: bytes | str) -> Any:
    """The value a JSON text stands for; ValueError (msgspec.DecodeError) when it is none."""
    return _decoder.decode(text)


def dumps(value: Any) -> str:
    """The compact JSON text of a value."""
    return _encoder.encode(value).decode()


def plain_number(value: Decimal) -> int | Decimal:
    """A number as Invoiced prints it: no exponent, no zeros at the end, no fraction where there is none."""
    if value == value.to_integral_value():
        return int(value)
    return Decimal(format(value, "f").rstrip("0"))  # normalize() would round to 28 digits
