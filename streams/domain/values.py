"""Canonical values: what a property means, whichever way a system spells it.

A value is typed and trimmed; empty is None; a decimal is its shortest plain text. `same` compares as people
mean it: an e-mail's case is nobody's edit.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from functools import reduce
from unicodedata import normalize

from schemas.records import Json

Reader = Callable[[Json], Json]
MOST_DIGITS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLAIN = re.compile(r"-?\d+(\.\d+)?")
EXACT = Context(prec=3 * MOST_DIGITS)  # no sum of what is read is ever rounded
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


def instant(raw: Json) -> Json:
    """A time in UTC, as text: Invoiced tells seconds, the CRM RFC 3339. What is no time stays as text."""
    if raw is None or raw == "" or isinstance(raw, bool):
        return None
    try:
        moment = _EPOCH + timedelta(seconds=raw) if isinstance(raw, int) else datetime.fromisoformat(str(raw))
        utc = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return text(raw)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds").replace("+00:00", "Z")


def seconds(value: Json) -> Json:
    """An instant as whole seconds since 1970; what is none stays as it is."""
    try:
        return (datetime.fromisoformat(str(value)) - _EPOCH) // timedelta(seconds=1)
    except (ValueError, TypeError):
        return value


def total(raw: Json) -> Json:
    """What a list of amounts comes to; nothing where it is empty, their texts where one is no number. A plain number is itself."""
    if not isinstance(raw, list):
        return decimal(raw)
    amounts = [str(decimal(one.get("amount")) or "0") for one in raw if isinstance(one, dict)]
    if not all(PLAIN.fullmatch(amount) for amount in amounts):
        return text("; ".join(amounts))
    return decimal(reduce(EXACT.add, map(Decimal, amounts))) if amounts else None


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
    "instant": instant,
    "amount": total,
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
