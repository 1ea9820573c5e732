"""A link as people compare it: property by property, both sides beside each other. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

PROPERTIES = ("property", "invoiced", "crm", "state")
HEAD = ("link_id", "flow", "state", "cause", "invoiced", "crm")
SYSTEMS = ("invoiced", "crm")


def side_by_side(link: Mapping[str, Any]) -> dict[str, Any]:
    """The head of a link and a row a property."""
    names = (*HEAD, "matched_by", "former", "candidates")
    head = {name: link[name] for name in names if name in link and (link[name] or name in HEAD)}
    return {**head, "in_flight": list(_flights(link)), "properties": list(_rows(link))}


def _flights(link: Mapping[str, Any]) -> Iterator[str]:
    for flight in link.get("in_flight") or ():
        yield f"{flight.get('verb')} {flight.get('direction')}"


def _rows(link: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    sides = {system: _shown(link, system) for system in SYSTEMS}
    for name in sorted({name for side in sides.values() for name in side}):
        row = {system: side.get(name) for system, side in sides.items()}
        yield {"property": name, **row, "state": state(link, name, row)}


def _shown(link: Mapping[str, Any], system: str) -> Mapping[str, Any]:
    """What was seen there last, else what was agreed last."""
    return link.get(f"{system}_seen") or link.get(f"{system}_base") or {}


def state(link: Mapping[str, Any], name: str, row: Mapping[str, Any]) -> str:
    """How a property stands; what holds it back comes before that it differs."""
    for flight in link.get("in_flight") or ():
        if name in flight.get("changed", ()):
            return f"in flight {flight.get('direction')}"
    for word in ("refused", "normalised"):
        systems = [system for system in SYSTEMS if name in ((link.get(word) or {}).get(system) or {})]
        if systems:
            return f"{word} by {' and '.join(systems)}"
    return "agreed" if row["invoiced"] == row["crm"] else "differs"
