"""What an API may do to a value it is given before it keeps it; pure."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from .errors import BadInput

HOW = re.compile(r"trim|upper|drop|truncate:(\d+)|round:(\d+)")


def check_how(how: str | None) -> None:
    """Refuses a `how` nobody knows."""
    if how is None or HOW.fullmatch(how) is None:
        raise BadInput("how", how, "use trim, upper, truncate:N, round:N or drop")


def normalise(body: Any, field: str, how: str) -> bool:
    """Changes the field in the body, in every element of the lists on its way; true if anything changed."""
    head, _, rest = field.partition(".")
    if isinstance(body, list):
        changed = [normalise(each, field, how) for each in body]  # all of them: any() would stop at the first
        return any(changed)
    if not isinstance(body, dict) or head not in body:
        return False
    if rest:
        return normalise(body[head], rest, how)
    if how == "drop":
        del body[head]
        return True
    before = body[head]
    body[head] = _change(how)(before)
    return bool(body[head] != before or str(body[head]) != str(before))


def _change(how: str) -> Callable[[Any], Any]:
    name, _, number = how.partition(":")
    if name == "round":
        return lambda value: _rounded(value, int(number))
    text: dict[str, Callable[[str], str]] = {
        "trim": str.strip,
        "upper": str.upper,
        "truncate": lambda value: value[: int(number or 0)],
    }
    return lambda value: text[name](value) if isinstance(value, str) else value


def _rounded(value: Any, places: int) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return value
    try:
        rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    except InvalidOperation:
        return value
    return str(rounded) if isinstance(value, str) else rounded
