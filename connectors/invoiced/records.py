"""Invoiced's JSON as images, and its error bodies as messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.errors import ConnectorError
from connectors.exchange import Answer
from connectors.image import Flat, flatten
from connectors.invoiced.entities import Entity, wrong_field
from connectors.source import Seen, Unread

SECOND = 1000


def ref_of(entity: Entity, record: Mapping[str, Any]) -> str | None:
    """Return a record's ref, or None if it shows no usable id."""
    number = record.get("id")
    usable = isinstance(number, int | str) and not isinstance(number, bool)
    return f"invoiced:{entity.name}:{number}" if usable else None


def image_of(record: Mapping[str, Any], modelled: Iterable[str]) -> Flat:
    """Return the record flattened; an empty list in `metadata`'s place is an empty map (PHP's way)."""
    tidy = {n: ({} if n == "metadata" and v in ([], None) else v) for n, v in record.items()}
    return flatten(tidy, modelled)


def parse(entity: Entity, record: object, asked_at: int, modelled: Iterable[str] = ()) -> Seen | Unread:
    """Return what a record shows, or why nobody can read it."""
    if not isinstance(record, dict):
        return Unread(f"a {type(record).__name__} stands where a {entity.object} should")
    ref = ref_of(entity, record)
    wrong = wrong_field(entity, record)
    if ref is None or wrong is not None:
        return Unread(wrong or "id is missing", ref)
    try:
        image = image_of(record, modelled)
    except ConnectorError as error:
        return Unread(str(error), ref)
    return Seen(ref, image, asked_at, record["updated_at"] * SECOND)


def read_error(answer: Answer) -> tuple[str, str | None]:
    """Return message and named property of an error body `{type, message, param?}`."""
    try:
        body = answer.json()
    except ConnectorError:
        return answer.content[:120].decode(errors="replace"), None
    if not isinstance(body, dict):
        return str(body)[:120], None
    param = body.get("param")
    return str(body.get("message", "")), param if isinstance(param, str) else None
