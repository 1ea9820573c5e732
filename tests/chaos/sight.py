"""Everything that stands in both systems, of all four flows, under our names."""

from typing import Any

from msgspec import Struct

from tests.chaos.stock import PARENT_NAMES
from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.family_records import Place
from tests.flow.installation import Installation
from tests.oracle.entities import CONTACT, CUSTOMER, PERSON, PRODUCT, Entity
from tests.oracle.shelves import Shelves, Sighted
from tests.oracle.spelling import shown

NAMING: dict[Name, str] = {"invoiced": "customer", "crm": "CustomerId"}


class Seen(Struct, frozen=True):
    """A record as its users see it; its values tell of its flow and of whose contact it is, too."""

    ref: str
    place: Place
    in_use: bool
    values: Record

    @property
    def name(self) -> str:
        return str(self.values["name"])


def look(installation: Installation) -> dict[Name, list[Seen]]:
    """Every record of both systems, archived ones too."""
    shelves = Shelves(installation)
    customers = _flat(shelves.all({CUSTOMER.name: CUSTOMER}, ()))
    names = {one.ref: str(one.record["name" if one.system == "invoiced" else "Name"]) for one in customers}
    parents = [one.id for one in customers if one.system == "invoiced" and names[one.ref] in PARENT_NAMES]
    rest = _flat(shelves.all({CONTACT.name: CONTACT, PRODUCT.name: PRODUCT}, parents))
    found: dict[Name, list[Seen]] = {system: [] for system in SYSTEMS}
    for one in [*customers, *rest]:
        found[one.system].append(_seen(one, names))
    return found


def in_use(installation: Installation, system: Name, name: str) -> list[Seen]:
    """The records of this name that are in use; what a user finds who looks for it."""
    return [one for one in look(installation)[system] if one.name == name and one.in_use]


def entity_of(one: Sighted) -> Entity:
    """What a record is, by where it stands and what it says."""
    if one.shelf in {"items", "products"}:
        return PRODUCT
    if one.shelf == "contacts":
        return CONTACT if one.system == "invoiced" or one.record["CustomerId"] else PERSON
    return PERSON if one.system == "invoiced" and one.record["type"] == "person" else CUSTOMER


def _flat(by_mark: dict[str, list[Sighted]]) -> list[Sighted]:
    return [one for found in by_mark.values() for one in found]


def _seen(one: Sighted, names: dict[str, str]) -> Seen:
    entity, parent = entity_of(one), _parent(one)
    below = f"customers/{parent}/" if one.shelf == "contacts" and one.system == "invoiced" else ""
    told = {
        "flow": entity.name,
        "customer": names.get(f"{one.system}:customer:{parent}", str(parent)) if parent else None,
    }
    place = Place(one.system, f"{below}{one.shelf}", one.id)
    return Seen(one.ref, place, one.in_use, {**shown(entity, one.system, one.record), **told})


def _parent(one: Sighted) -> Any:
    return one.record[NAMING[one.system]] if one.shelf == "contacts" else None
