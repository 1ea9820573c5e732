"""A record as the API shows it: made, patched and compared as a mapping; pure."""

from collections.abc import Mapping
from typing import Any

from .entities import EXTERNAL_ID
from .entity import Entity
from .errors import invalid
from .kinds import Property
from .nested import Lines, Part
from .stamps import millis, rfc3339

Document = dict[str, Any]

READ_ONLY = ("Id", "Version", "CreatedAt", "UpdatedAt")


def as_object(body: Any) -> Mapping[str, Any]:
    """The body, if it is one record."""
    if not isinstance(body, Mapping):
        raise invalid(None, "the body is not a JSON object; send the record's properties by name")
    return body


def new(entity: Entity, given: Mapping[str, Any], record_id: str, at_ms: int) -> Document:
    """A first version. A property that is absent or null is empty, or its default."""
    _refuse_unknown(entity, given)
    stamp = rfc3339(at_ms)
    document: Document = {
        "Id": record_id,
        "ExternalId": EXTERNAL_ID.accept("ExternalId", given.get("ExternalId")),
        "Version": 1,
        "CreatedAt": stamp,
        "UpdatedAt": stamp,
        "IsDeleted": _deleted(given.get("IsDeleted", False)),
    }
    for name, kind in entity.properties.items():
        document[name] = _merged(kind, name, None, given.get(name))
    return document


def patched(entity: Entity, document: Document, given: Mapping[str, Any]) -> Document:
    """The document after a merge patch, with its old version and stamps."""
    _refuse_unknown(entity, given)
    after = dict(document)
    for name, value in given.items():
        if name == "IsDeleted":
            after[name] = _deleted(value)
        else:
            kind = EXTERNAL_ID if name == "ExternalId" else entity.properties[name]
            after[name] = _merged(kind, name, document[name], value)
    return after


def next_version(document: Document, at_ms: int) -> Document:
    """The document with its version and stamp moved on; a stamp always rises, whatever the clock does."""
    at_ms = max(at_ms, millis(document["UpdatedAt"]) + 1)
    return {**document, "Version": document["Version"] + 1, "UpdatedAt": rfc3339(at_ms)}


def _merged(kind: Property | Part | Lines, name: str, before: Any, value: Any) -> Any:
    return kind.merged(name, before, value) if isinstance(kind, Part | Lines) else kind.accept(name, value)


def _deleted(value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid("IsDeleted", "IsDeleted is not a boolean; send true to delete, false to restore")
    return value


def _refuse_unknown(entity: Entity, given: Mapping[str, Any]) -> None:
    known = ("ExternalId", "IsDeleted", *entity.properties)
    for name in given:
        if name in READ_ONLY:
            raise invalid(name, f"{name} is set by the CRM; leave it out")
        if name not in known:
            raise invalid(name, f"{name} is no property of /{entity.path}; known: {', '.join(known)}")
