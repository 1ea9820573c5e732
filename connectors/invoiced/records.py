"""Invoiced's JSON as images, and its error bodies as messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.errors import ConnectorError
from connectors.exchange import Answer
from connectors.image import Flat, flatten
from connectors.invoiced.entities import Entity
from connectors.source import Seen, Unread

SECOND = 1000


def ref_of(entity: Entity, record: Mapping[str, Any]) -> str | None:
    """Return a record's ref, or None if it shows no usable id."""
    number = record.get("id")
    usable = isinstance(number, int | str) and not isinstance(number, bool)
    return f"invoiced:{entity.name}:{number}" if usable else None


def by_id(entity: Entity, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with the ids of the records it refers to, also where the answer shows these themselves."""
    shown = {name: record.get(name) for name in entity.references}
    ids = {name: one["id"] for name, one in shown.items() if isinstance(one, Mapping) and "id" in one}
    return {**record, **ids}


def image_of(record: Mapping[str, Any], modelled: Iterable[str]) -> Flat:
    """Return the record flattened; an empty list in `metadata`'s place is an empty map (PHP's way)."""
    tidy = {n: ({} if n == "metadata" and v in ([], None) else v) for n, v in record.items()}
    return flatten(tidy, modelled)


def parse(
    entity: Entity, record: object, asked_at: int, modelled: Iterable[str] = (), parent: str | None = None
) -> Seen | Unread:
    """Return what a record shows, or why nobody can read it. `parent`: the id it was read below."""
    if not isinstance(record, dict):
        return Unread(f"a {type(record).__name__} stands where a {entity.object} should")
    record = by_id(entity, record)
    ref, wrong = ref_of(entity, record), entity.shape.wrong(record)
    if ref is None or wrong is not None:
        return Unread(wrong or "id is missing", ref)
    if entity.traits.parent is not None:
        above = parent or parent_of(record)
        if above is None or not above.isdigit():
            return Unread(f"its {entity.traits.parent} is not shown", ref)
        record = below(record, above)
    try:
        image = image_of(record, modelled)
    except ConnectorError as error:
        return Unread(str(error), ref)
    stamp = record.get("updated_at")
    return Seen(ref, image, asked_at, None if stamp is None else stamp * SECOND)


def parent_of(record: Mapping[str, Any]) -> str | None:
    """Return the id of the customer a record names, as an id or expanded, under either of its names."""
    for name in ("customer", "customer_id"):
        shown = record.get(name)
        number = shown.get("id") if isinstance(shown, Mapping) else shown
        if isinstance(number, int | str) and not isinstance(number, bool) and number != "":
            return str(number)
    return None


def below(record: Mapping[str, Any], parent: str) -> dict[str, Any]:
    """Return the record with its customer's id, whichever way the answer shows it, if it does at all."""
    left = {name: value for name, value in record.items() if name != "customer_id"}
    return {**left, "customer": int(parent)}


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
