"""The names people type for records and links, checked before anything is asked."""

import re

from ops.errors import Mistake

SYSTEMS = ("invoiced", "crm")
_LINK_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CURE = "write it as system:entity:id, e.g. crm:customer:1001"


def record(text: str) -> str:
    """A record's ref; anything else ends the command."""
    parts = text.split(":", maxsplit=2)
    if len(parts) != 3 or not all(parts):
        raise Mistake("bad_ref", f"{text!r} is no record's name", where=text, cure=_CURE)
    if parts[0] not in SYSTEMS:
        message = f"{text!r} names the system {parts[0]!r}; there are invoiced and crm"
        raise Mistake("bad_ref", message, where=text, cure=_CURE)
    return text


def link(text: str) -> str:
    """A link's id, or the ref of a record in it; anything else ends the command."""
    if ":" in text:
        return record(text)
    if not _LINK_ID.fullmatch(text):
        message = f"{text!r} is neither a record's name nor a link's id"
        cure = f"{_CURE}, or take an id that `tandem links list` shows"
        raise Mistake("bad_ref", message, where=text, cure=cure)
    return text


def of_entity(text: str, entities: frozenset[str]) -> None:
    """Ends the command if no flow has the ref's entity: `crm:custmer:1` is a slip, not a missing record."""
    system, entity, _ = text.split(":", maxsplit=2)
    if f"{system}:{entity}" not in entities:
        known = ", ".join(sorted(entities))
        message = f"no flow has the entity {system}:{entity}; there are {known}"
        raise Mistake("bad_ref", message, where=text, cure=_CURE)
