"""Values as each system spells them, and what both must show alike; pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.flow.customer_api import Name, Record
from tests.oracle.entities import Entity, Property

NAMES = ("FirstName", "LastName")


def mark_of(record: Mapping[str, Any]) -> str:
    """The thing a record is: the first word of its name."""
    name = record.get("name") or record.get("Name") or record.get("FirstName") or ""
    return str(name).partition(" ")[0]


def salted(wanted: Property, value: Any, mark: str) -> Any:
    """A value of a story as this telling of it gives it: names, numbers and addresses are nobody else's."""
    if value is None:
        return None
    match wanted.kind:
        case "title":
            return f"{mark} {value}"
        case "number":
            return f"{mark}-{value}"
        case "code":
            return mark
        case "email":
            return f"{value}@{mark.lower()}.example"
    return value


def body(entity: Entity, system: Name, values: Mapping[str, Any]) -> Record:
    """Salted values as this system's JSON."""
    found: Record = {}
    for name, value in values.items():
        wanted = entity.property(name)
        own = wanted.on(system)
        if "+" in own:
            found |= dict(zip(NAMES, value.split(" ", 1), strict=True))
        elif "." not in own:
            found[own] = _spelled(wanted, system, value)
        elif value is not None:
            outer, _, inner = own.partition(".")
            found.setdefault(outer, {})[inner] = value
    return found


def _spelled(wanted: Property, system: Name, value: Any) -> Any:
    if wanted.kind == "currency" and value and system == "invoiced":
        return value.lower()
    if wanted.kind == "money" and value and system == "invoiced":
        return Decimal(value)
    return value


def shown(entity: Entity, system: Name, record: Mapping[str, Any]) -> Record:
    """A record's values in canonical form, by our names; the parent is left out."""
    return {one.name: canonical(one, _read(record, one.on(system))) for one in entity.properties}


def _read(record: Mapping[str, Any], own: str) -> Any:
    if "+" in own:
        return " ".join(str(record[part]) for part in own.split("+") if record.get(part))
    outer, _, inner = own.partition(".")
    return record[outer].get(inner) if inner else record.get(outer)


def canonical(wanted: Property, value: Any) -> Any:
    """What two spellings of the same value have in common."""
    if value is None or value == "":
        return None
    match wanted.kind:
        case "currency" | "country":
            return str(value).upper()
        case "money":
            return str(Decimal(str(value)).normalize() + 0)
        case "flag":
            return bool(value)
    return " ".join(str(value).split())
