"""Invoiced's records as a table: where they live, which types their fields have, what may be asked of them."""

from decimal import Decimal
from typing import Final

from msgspec import Struct

from connectors.lines import Listed
from connectors.source import EntityTraits

TEXT, FLAG, WHOLE, NUMBER, LIST = (str,), (bool,), (int,), (int, Decimal), (list,)
Types = tuple[type, ...]


class Entity(Struct, frozen=True):
    """One kind of record. `filters`: natural keys the list can be asked by. `xref`: where ours is kept.

    `path` of what lives below a parent holds `{parent}`. `chosen_id`: its id is given with the create and never
    changes. `replaced`: what no PATCH takes, so that a new value means deleting the record and making it anew;
    `undocumented`: what it may not take either. `lines`: where it keeps lines, of which a write names the full set.
    """

    name: str
    path: str
    object: str
    required: tuple[str, ...]
    types: dict[str, Types]
    traits: EntityTraits
    filters: frozenset[str] = frozenset()
    xref: str | None = None
    chosen_id: bool = False
    replaced: frozenset[str] = frozenset()
    undocumented: frozenset[str] = frozenset()
    lines: Listed | None = None


_ADDRESS: Final = ("address1", "address2", "city", "state", "postal_code", "country")
_TEXTS: Final = (
    "name", "number", "type", "email", "phone", "attention_to", *_ADDRESS, "language", "currency", "payment_terms",
    "tax_id", "notes",
)  # fmt: skip
_STAMPS: Final = ("created_at", "updated_at")

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
        **dict.fromkeys(("id", "parent_customer", "owner", *_STAMPS), WHOLE),
        "credit_limit": NUMBER,
        "taxes": LIST,
    },
    traits=EntityTraits(entity="customer", has_events=True, maps=frozenset({"metadata"})),
    filters=frozenset({"number", "email"}),
    xref="metadata.crm_id",
)

CONTACT = Entity(
    name="contact",
    path="/customers/{parent}/contacts",
    object="contact",
    required=("id",),
    types={
        **dict.fromkeys(("name", "title", "department", "email", "phone", *_ADDRESS), TEXT),
        **dict.fromkeys(("primary", "sms_enabled", "send_new_invoices"), FLAG),
        **dict.fromkeys(("id", *_STAMPS), WHOLE),
    },
    traits=EntityTraits(entity="contact", way="events", parent="customer", has_events=True),
)

ITEM = Entity(
    name="item",
    path="/items",
    object="item",
    required=("id",),
    types={
        **dict.fromkeys(("id", "name", "description", "type", "currency", "gl_account"), TEXT),
        **dict.fromkeys(("taxable", "discountable"), FLAG),
        **dict.fromkeys(_STAMPS, WHOLE),
        "unit_cost": NUMBER,
        "taxes": LIST,
    },
    traits=EntityTraits(entity="item", way="whole", confirm_seconds=120.0, maps=frozenset({"metadata"})),
    xref="metadata.crm_id",
    chosen_id=True,
    replaced=frozenset({"unit_cost", "currency", "taxable", "discountable", "taxes"}),
    undocumented=frozenset({"gl_account", "avalara_tax_code", "avalara_location_code"}),
)

ENTITIES: Final[dict[str, Entity]] = {one.name: one for one in (CUSTOMER, CONTACT, ITEM)}


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
