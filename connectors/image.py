"""Records as flat images: nested objects with dotted names, numbers exact, and what differs between two."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.errors import Unreadable
from schemas.records import Image, Json

Flat = dict[str, Json]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def flatten(record: Mapping[str, Any], modelled: Iterable[str] = ()) -> Flat:
    """Return the record with objects flattened (`metadata.fax`); lists stay whole.

    A modelled dotted name whose object is there but lacks it, or is null, is *empty*, not unknown: Invoiced leaves an
    unset custom field out of `metadata`.
    """
    flat: Flat = {}
    _flatten(record, "", flat)
    for name in modelled:
        head = name.partition(".")[0]
        if "." in name and head in record and name not in flat:
            flat[name] = None
    return flat


def _flatten(record: Mapping[str, Any], prefix: str, into: Flat) -> None:
    for name, value in record.items():
        if isinstance(value, Mapping):
            _flatten(value, f"{prefix}{name}.", into)
        elif isinstance(value, float):
            raise Unreadable(f"{prefix}{name} is the float {value!r}; numbers must be read as Decimal")
        else:
            into[prefix + name] = value


def unflatten(values: Mapping[str, Json]) -> dict[str, Any]:
    """Return the nested form of dotted names, for a request's body."""
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *path, last = name.split(".")
        place = nested
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return nested


def same(left: Json, right: Json) -> bool:
    """Compare two values as their system would: numbers by value, an empty text is an empty value."""
    if left in (None, "") and right in (None, ""):
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return all(same(left.get(name), right.get(name)) for name in left.keys() | right.keys())
    return left == right


def same_number(left: Json, right: Json) -> bool:
    """Compare values of which one may be a number's text (money of the CRM is a decimal string), or both tell a time."""
    if same(left, right):
        return True
    first, second = _number(left), _number(right)
    if first is not None or second is not None:
        return first == second
    began, ended = _instant(left), _instant(right)
    return began is not None and began == ended


def _number(value: Json) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def _instant(value: Json) -> datetime | None:
    """A time with its zone, as RFC 3339 writes it: with or without a fraction, in whatever zone."""
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def fill_vanished(after: Image, before: Image | None) -> Image:
    """Return `after` with dotted names that have vanished since `before` as empty: a map's key was removed."""
    gone = {name: None for name in before or {} if "." in name and name not in after}
    return {**after, **gone} if gone else after


def changed_names(before: Image | None, after: Image, noise: frozenset[str]) -> tuple[str, ...]:
    """Return, sorted, the names whose values differ and which are not noise; `items[].x` is noise within each line.

    A name the new image lacks is unknown and therefore not changed.
    """
    held = before or {}
    found = (n for n, v in after.items() if n not in noise and not same(held.get(n), v))
    return tuple(sorted(name for name in found if not _same_lines(held.get(name), after[name], name, noise)))


def _same_lines(left: Json, right: Json, name: str, noise: frozenset[str]) -> bool:
    """Tell whether two lists differ in nothing but their lines' noise."""
    if not isinstance(left, list) or not isinstance(right, list):
        return False
    quiet = {one.removeprefix(f"{name}[].") for one in noise if one.startswith(f"{name}[].")}
    return bool(quiet) and same(_without(left, quiet), _without(right, quiet))


def _without(lines: list[Json], names: set[str]) -> Json:
    return [
        {n: v for n, v in one.items() if n not in names} if isinstance(one, dict) else one for one in lines
    ]
