"""Invoiced's records as a table: where they live, which types their fields have, what may be asked of them."""

from decimal import Decimal
from typing import Final

from msgspec import Struct

from connectors.source import EntityTraits

TEXT, FLAG, WHOLE, NUMBER, LIST = (str,), (bool,), (int,), (int, Decimal), (list,)
Types = tuple[type, ...]


class Entity(Struct, frozen=True):
    """One kind of record. `filters`: natural keys the list can be asked by. `xref`: where ours is kept."""

    name: str
    path: str
    object: str
    required: tuple[str, ...]
    types: dict[str, Types]
    traits: EntityTraits
    filters: frozenset[str] = frozenset()
    xref: str | None = None


_TEXTS: Final = (
    "name", "number", "type", "email", "phone", "attention_to", "address1", "address2", "city", "state",
    "postal_code", "country", "language", "currency", "payment_terms", "tax_id", "notes",
)  # fmt: skip

CUSTOMER = Entity(
    name="customer",
    path="/customers",
    object="customer",
    required=("id", "updated_at"),
    types={
        **dict.fromkeys(_TEXTS, TEXT),
        **dict.fromkeys(
            ("active", "autopay", "bill_to_parent", "consolidated", "credit_hold", "taxable"), FLAG
        ),
        **dict.fromkeys(("id", "parent_customer", "created_at", "updated_at", "owner"), WHOLE),
        "credit_limit": NUMBER,
        "taxes": LIST,
    },
    traits=EntityTraits(entity="customer", has_events=True, maps=frozenset({"metadata"})),
    filters=frozenset({"number", "email"}),
    xref="metadata.crm_id",
)

ENTITIES: Final[dict[str, Entity]] = {CUSTOMER.name: CUSTOMER}


def entity_of(name: str) -> Entity:
    """Return the entity's row, or say which ones there are."""
    try:
        return ENTITIES[name]
    except KeyError:
        known = ", ".join(sorted(ENTITIES))
        raise LookupError(f"Invoiced entity {name!r} is not connected; known: {known}") from None


def wrong_field(entity: Entity, record: dict[str, object]) -> str | None:
    """Return what is wrong with a record's fields, or None; fields the table does not name may be anything."""
    for name in entity.required:
        if record.get(name) is None:
            return f"{name} is missing"
    for name, types in entity.types.items():
        value = record.get(name)
        if value is not None and (
            not isinstance(value, types) or (isinstance(value, bool) and bool not in types)
        ):
            return f"{name} is {type(value).__name__} {value!r:.60}, expected {' or '.join(t.__name__ for t in types)}"
    return None
