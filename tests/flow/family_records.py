"""What persons, contacts and products are told about, and where their records stand, by the oracle's table of entities."""

from typing import Any

from msgspec import Struct

from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.oracle.entities import CONTACT, PERSON, PRICED, PRODUCT, Entity

ENTITIES = (PERSON, CONTACT, PRODUCT)
CASES = [(entity, here) for entity in ENTITIES for here in SYSTEMS]
ONCE = {"code", *PRICED}  # of an item: set by its create alone
REACHED = {
    "email": "{}@people.example", "phone": "+46 8 555 {}", "address1": "Storgatan {}", "address2": "3 tr",
    "city": "Lund", "state": "Skåne", "postal_code": "22222", "country": "SE",
}  # fmt: skip
VALUES: dict[str, Record] = {
    PERSON.name: {
        "name": "Vera {} Lind", "number": "{}", **REACHED, "language": "sv", "currency": "SEK",
        "payment_terms": "NET 30", "notes": "Person {}",
    },
    CONTACT.name: {
        "name": "Olof {} Palm", "title": "Clerk", "department": "Stores", "primary": False, **REACHED,
    },
    PRODUCT.name: {
        "code": "sku-{}", "name": "Thing {}", "description": "Thing number {}", "type": "goods", "gl_account": "3001",
        "unit_cost": "12.3456", "currency": "EUR", "taxable": False, "discountable": False,
    },
}  # fmt: skip


class Place(Struct, frozen=True):
    """Where one record stands: its system, its shelf there, its id."""

    system: Name
    shelf: str
    id: Any

    @property
    def path(self) -> str:
        return f"/{self.shelf}/{self.id}"

    @property
    def ref(self) -> str:
        """Its name in Tandem."""
        return f"{self.system}:{self.shelf.rpartition('/')[2].removesuffix('s')}:{self.id}"


class Both(Struct, frozen=True):
    """One person, contact or product on both sides."""

    entity: Entity
    invoiced: Place
    crm: Place

    def on(self, system: Name) -> Place:
        """One side of it."""
        return self.invoiced if system == "invoiced" else self.crm

    @property
    def paths(self) -> set[str]:
        return {self.invoiced.path, self.crm.path}


def values_of(entity: Entity, mark: str) -> Record:
    """Values of every property, under our names; no two of different marks are alike."""
    told = VALUES[entity.name]
    return {name: one.format(mark) if isinstance(one, str) else one for name, one in told.items()}
