"""Lines that a user had added and that our write of the whole set has taken away: they are given back to both sides."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow, Lines
from schemas.records import Result
from streams.domain import lines
from streams.domain.fold import Fold
from streams.domain.lenses import UNKNOWN, get
from streams.domain.links import parent_of
from streams.domain.rows import LinkRow

Entry = Mapping[str, Any]


def returned(fold: Fold, flow: Flow, row: LinkRow, result: Result) -> LinkRow:
    """The row in which both sides are to have these lines (ADR 16): as decided values of lines without ids."""
    if flow.lines is None:
        return row
    lost = result.previous.get(lines.list_and_id(flow.lines, result.system)[0])
    for one in [one for one in lost if isinstance(one, dict)] if isinstance(lost, list) else ():
        row, key = lines.vacant(flow, row, result.system, one)
        values = _values(fold, flow.lines, result.system, one)
        decided = {f"line.{key}": True, **{f"line.{key}.{name}": value for name, value in values.items()}}
        both = {name: [value, ["invoiced", "crm"]] for name, value in decided.items()}
        row = replace(row, forced={**row.forced, **both})
    return row


def _values(fold: Fold, kept: Lines, system: str, one: Entry) -> dict[str, Any]:
    """What the line showed, but what is computed there; a product as its link, unless nobody knows it."""
    found: dict[str, Any] = {}
    for prop in kept.properties:
        value = get(prop, system, one) if prop.direction == "both" else UNKNOWN
        if prop.type == "reference" and isinstance(value, str):
            value = parent_of(fold, prop, system, value)
        if value is not UNKNOWN and value is not None:
            found[prop.name] = value
    return found
