"""Canonical values: what a property means, whichever way a system spells it.

A value is typed and trimmed; empty is None; a decimal is its shortest plain text. `same` compares as people
mean it: an e-mail's case is nobody's edit.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from schemas.records import Json

Reader = Callable[[Json], Json]
MOST_DIGITS = 100
EXTENSION = re.compile(r"(?:;?\s*ext(?:ension|n)?|x|#)\s*[.:=]?\s*(\d+)\s*$")
TRUNK = re.compile(r"\(\s*0\s*\)")


def text(raw: Json) -> Json:
    if raw is None:
        return None
    value = raw if isinstance(raw, str) else str(raw)
    return normalize("NFC", value.replace("\r\n", "\n").strip()) or None


def upper(raw: Json) -> Json:
    value = text(raw)
    return text(value.upper()) if isinstance(value, str) else None  # some capitals are composed anew


def lower(raw: Json) -> Json:
    value = text(raw)
    return value.lower() if isinstance(value, str) else None


def person_name(raw: Json) -> Json:
    """A name's words with one space between them: how it is split over fields is no part of it."""
    value = text(raw)
    return text(" ".join(value.split())) if isinstance(value, str) else None


def boolean(raw: Json) -> Json:
    return raw if isinstance(raw, bool) or raw is None else str(raw).lower() in {"true", "1", "yes"}


def decimal(raw: Json) -> Json:
    """A number's shortest plain text, to its last digit; what is no number, or none to be written out, stays as text."""
    if raw is None or raw == "":
        return None
    try:
        number = Decimal(str(raw))
    except InvalidOperation:
        return text(raw)
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        return text(raw)
    plain = format(number, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain if number else "0"


READERS: dict[str, Reader] = {
    "text": text,
    "email": text,
    "phone": text,
    "country": upper,
    "language": lower,
    "currency": upper,
    "boolean": boolean,
    "decimal": decimal,
    "name": person_name,
}


def _folded(value: Json) -> Json:
    return value.casefold() if isinstance(value, str) else value


def _dialled(value: Json) -> Json:
    """A phone number as it is dialled: `00` is `+`, the `(0)` of a number at home is left out, `ext. 5` is `x5`."""
    if not isinstance(value, str):
        return value
    number, extension = value.casefold(), ""
    found = EXTENSION.search(number)
    if found is not None:
        number, extension = number[: found.start()], f"x{found[1]}"
    abroad = number.lstrip(" (").startswith("+")
    digits = "".join(sign for sign in (TRUNK.sub("", number) if abroad else number) if sign.isalnum())
    if not abroad and digits.startswith("00"):
        abroad, digits = True, digits[2:]
    return ("+" if abroad else "") + digits + extension


COMPARED: dict[str, Reader] = {"email": _folded, "phone": _dialled}


def same(kind: str, one: Json, two: Json) -> bool:
    """Whether two values of a property mean the same."""
    if one == two and type(one) is type(two):
        return True
    compared = COMPARED.get(kind)
    return compared is not None and compared(one) == compared(two)
