"""Turns a list's query parameters into SQL conditions; pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .entity import Entity
from .errors import InvalidError
from .exact_json import loads
from .fields import FALSE, TRUE, Field, read_decimal

BRACKET = re.compile(r"(filter|metadata)\[(.+)\]")
COMPARISONS = {"=": "=", "<>": "<>", "!=": "<>", ">=": ">=", ">": ">", "<": "<", "<=": "<="}
DATES = {"start_date": ">=", "end_date": "<="}  # of documents that have a date
LIKE = {"contains": "%{}%", "not_contains": "%{}%", "starts_with": "{}%", "ends_with": "%{}"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of a WHERE clause and the values of its question marks."""

    sql: str
    values: tuple[Any, ...] = ()


Params = Iterable[tuple[str, str]]


def list_conditions(entity: Entity, params: Params, switches: Mapping[str, bool]) -> list[Condition]:
    """What a record must meet to be listed. An unknown parameter is nobody's."""
    found: list[Condition] = []
    for name, value in params:
        bracket = BRACKET.fullmatch(name)
        if bracket is None:
            found += _by_name(entity, name, value, switches)
        elif bracket[1] == "metadata":
            sql = "id IN (SELECT id FROM metadata WHERE entity = ? AND key = ? AND value = ?)"
            found.append(Condition(sql, (entity.name, bracket[2], value)))
        else:
            found += _filter(entity, bracket[2], value, switches)
    return found


def _by_name(entity: Entity, name: str, value: str, switches: Mapping[str, bool]) -> list[Condition]:
    if name == "updated_after":
        sign = ">" if switches["invoiced.updated_after_exclusive"] else ">="
        return [Condition(f"updated_at {sign} ?", (timestamp(name, value),))]
    if name == "updated_before" and switches["invoiced.updated_before_known"]:
        return [Condition("updated_at < ?", (timestamp(name, value),))]
    if name in DATES and entity.field("date") is not None:
        return [Condition(f"json_extract(document, '$.date') {DATES[name]} ?", (timestamp(name, value),))]
    if name == "advanced_filter" and switches["invoiced.advanced_filter_known"]:
        return [_advanced(entity, each) for each in _advanced_list(value)]
    return []


def timestamp(name: str, value: str) -> int:
    """Unix seconds of a query parameter."""
    if re.fullmatch(r"-?\d{1,18}", value, re.ASCII) is None:
        raise InvalidError(f"{name} {value[:60]!r} is not a Unix timestamp in seconds", name)
    return int(value)


def _filter(entity: Entity, name: str, value: str, switches: Mapping[str, bool]) -> list[Condition]:
    column, field = entity.column(name), entity.field(name)
    if column is not None and field is not None:
        return [_compare(column, field, "=", value)]
    if switches["invoiced.unknown_filter_refused"]:
        raise InvalidError(f"filter[{name}]: {entity.name} has no such field to filter by", "filter")
    return []


def _compare(column: str, field: Field, sign: str, value: Any) -> Condition:
    if value is None or value == "":
        return Condition(f"{column} IS {'NOT ' if sign == '<>' else ''}NULL")
    if field.kind in {"integer", "number"}:
        # compared as SQLite numbers; what is stored and shown stays the exact text
        return Condition(f"{column} {sign} CAST(? AS NUMERIC)", (_number_text(field, value),))
    return Condition(f"{column} {sign} ?", (_comparable(field, value),))


def _number_text(field: Field, value: Any) -> str:
    number = read_decimal(str(value))
    if number is None:
        raise InvalidError(f"{field.name} is a number, {str(value)[:60]!r} is none", "filter")
    return format(number, "f")


def _comparable(field: Field, value: Any) -> Any:
    if field.kind != "boolean":
        return str(value)
    text = str(value).lower()
    if text not in TRUE | FALSE:
        raise InvalidError(f"{field.name} is true or false, {value!r} is neither", "filter")
    return int(text in TRUE)


def _advanced_list(value: str) -> list[Any]:
    try:
        filters = loads(value)
    except ValueError as error:
        raise InvalidError(f"advanced_filter is not valid JSON: {error}", "advanced_filter") from error
    if not isinstance(filters, list):
        raise InvalidError(
            "advanced_filter must be a JSON array of {field, operator, value}", "advanced_filter"
        )
    return filters


def _advanced(entity: Entity, each: Any) -> Condition:
    name = each.get("field") if isinstance(each, dict) else None
    column, field = entity.column(str(name)), entity.field(str(name))
    if column is None or field is None:
        raise InvalidError(
            f"advanced_filter: {entity.name} has no field {name!r} to filter by", "advanced_filter"
        )
    operator, value = each.get("operator"), each.get("value")
    if operator in COMPARISONS:
        return _compare(column, field, COMPARISONS[operator], value)
    if operator in {"empty", "not_empty"}:
        return Condition(f"{column} IS {'NOT ' if operator == 'not_empty' else ''}NULL")
    if operator not in LIKE:
        known = ", ".join([*COMPARISONS, *LIKE, "empty", "not_empty"])
        raise InvalidError(f"advanced_filter: operator {operator!r} is not one of {known}", "advanced_filter")
    pattern = LIKE[operator].format(re.sub(r"([%_\\])", r"\\\1", str(value)))
    negation = "NOT " if operator == "not_contains" else ""
    return Condition(f"{column} {negation}LIKE ? ESCAPE '\\'", (pattern,))
