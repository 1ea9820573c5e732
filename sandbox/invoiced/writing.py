"""What a write makes of the fields of a record, whatever its entity; pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import InvalidError
from .fields import Field, read_value
from .metadata import write_metadata
from .records import Document


def given(written: Mapping[str, Any]) -> dict[str, Any]:
    """What a create names: `null` and `""` leave a field as it starts."""
    return {name: value for name, value in written.items() if value is not None and value != ""}


def starting_values(fields: Sequence[Field]) -> Document:
    """A record before anything is written."""
    return {field.name: field.start for field in fields if field.access != "write"}


def written(
    fields: Sequence[Field], before: Document, body: Mapping[str, Any], switches: Mapping[str, bool]
) -> Document:
    """A record after a write; `before` stays as it is. Unknown and read-only fields are nobody's."""
    after = dict(before)
    for field in fields:
        if field.name not in body or field.access == "read":
            continue
        value = read_value(field, body[field.name], switches)
        if field.access != "write":
            after[field.name] = value
    if "metadata" in before:
        after["metadata"] = before["metadata"]
    if "metadata" in before and "metadata" in body:
        after["metadata"] = write_metadata(before["metadata"], _map_or_none(body["metadata"]), switches)
    if "taxes" in before and "taxes" in body:
        after["taxes"] = _taxes(after["taxes"], switches)
    return after


def previous_values(before: Document, after: Document) -> dict[str, Any]:
    """The old values of what a write changed."""
    return {name: before.get(name) for name, value in after.items() if before.get(name) != value}


def _map_or_none(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) else None


def _taxes(rates: list[Any], switches: Mapping[str, bool]) -> list[Any]:
    ids = [each.get("id") if isinstance(each, dict) else each for each in rates]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in ids):
        raise InvalidError("taxes must be a list of tax rate ids", "taxes")
    if not switches["invoiced.taxes_as_objects"]:
        return ids
    return [{"id": str(each), "object": "tax_rate", "name": str(each)} for each in ids]
