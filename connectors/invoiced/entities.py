"""Invoiced's records as a table: where they live, which types their fields have, what may be asked of them."""

from typing import Final

from msgspec import Struct

from connectors.lines import Listed
from connectors.shape import FLAG, LIST, NUMBER, TEXT, WHOLE, Shape, fields
from connectors.source import EntityTraits


class Entity(Struct, frozen=True):
    """One kind of record. `filters`: natural keys the list can be asked by. `xref`: where ours is kept.

    `references`: fields that name a record by its id, and may be answered with that record itself instead.
    `path` of what lives below a parent holds `{parent}`. `chosen_id`: its id is given with the create and never
    changes. `replaced`: what no PATCH takes, so that a new value means deleting the record and making it anew;
    `undocumented`: what it may not take either. `lines`: where it keeps lines, of which a write names the full set. `voids`: it goes out of use by being
    voided, and by a DELETE while it is a draft.
    """

    name: str
    path: str
    object: str
    shape: Shape
    traits: EntityTraits
    filters: frozenset[str] = frozenset()
    xref: str | None = None
    chosen_id: bool = False
    replaced: frozenset[str] = frozenset()
    undocumented: frozenset[str] = frozenset()
    lines: Listed | None = None
    voids: bool = False
    references: frozenset[str] = frozenset()


_ADDRESS: Final = ("address1", "address2", "city", "state", "postal_code", "country")
_TEXTS: Final = (
    "name", "number", "type", "email", "phone", "attention_to", *_ADDRESS, "language", "currency", "payment_terms",
    "tax_id", "notes",
)  # fmt: skip
_STAMPS: Final = ("created_at", "updated_at")
_LINKS: Final = ("url", "payment_url", "pdf_url", "csv_url")

CUSTOMER = Entity(
    name="customer",
    path="/customers",
    object="customer",
    shape=Shape(
        required=("id", "updated_at"),
        types={
            **fields(TEXT, _TEXTS),
            **fields(FLAG, ("active", "autopay", "bill_to_parent", "consolidated", "credit_hold", "taxable")),
            **fields(WHOLE, ("id", "parent_customer", "owner", *_STAMPS)),
            "credit_limit": NUMBER,
            "taxes": LIST,
        },
    ),
    traits=EntityTraits(entity="customer", has_events=True, maps=frozenset({"metadata"})),
    filters=frozenset({"number", "email"}),
    xref="metadata.crm_id",
)

CONTACT = Entity(
    name="contact",
    path="/customers/{parent}/contacts",
    object="contact",
    shape=Shape(
        required=("id",),
        types={
            **fields(TEXT, ("name", "title", "department", "email", "phone", *_ADDRESS)),
            **fields(FLAG, ("primary", "sms_enabled", "send_new_invoices")),
            **fields(WHOLE, ("id", *_STAMPS)),
        },
    ),
    traits=EntityTraits(entity="contact", way="events", parent="customer", has_events=True),
)

ITEM = Entity(
    name="item",
    path="/items",
    object="item",
    shape=Shape(
        required=("id",),
        types={
            **fields(TEXT, ("id", "name", "description", "type", "currency", "gl_account")),
            **fields(FLAG, ("taxable", "discountable")),
            **fields(WHOLE, _STAMPS),
            "unit_cost": NUMBER,
            "taxes": LIST,
        },
    ),
    traits=EntityTraits(entity="item", way="whole", confirm_seconds=120.0, maps=frozenset({"metadata"})),
    xref="metadata.crm_id",
    chosen_id=True,
    replaced=frozenset({"unit_cost", "currency", "taxable", "discountable", "taxes"}),
    undocumented=frozenset({"gl_account", "avalara_tax_code", "avalara_location_code"}),
)

# What stands in a line's discounts and taxes is Invoiced's affair; they are passed on as they are.
LINE = Shape(
    required=("id",),
    types={
        **fields(TEXT, ("catalog_item", "type", "name", "description")),
        **fields(FLAG, ("discountable", "taxable", "prorated")),
        **fields(WHOLE, ("id", "period_start", "period_end", *_STAMPS)),
        **fields(NUMBER, ("quantity", "unit_cost", "amount")),
        **fields(LIST, ("discounts", "taxes")),
    },
)

INVOICE = Entity(
    name="invoice",
    path="/invoices",
    object="invoice",
    shape=Shape(
        required=("id", "updated_at"),
        types={
            **fields(
                TEXT,
                ("number", "name", "currency", "payment_terms", "purchase_order", "status", "notes", *_LINKS),
            ),
            **fields(FLAG, ("draft", "closed", "paid", "autopay")),
            **fields(WHOLE, ("id", "customer", "date", "due_date", *_STAMPS)),
            **fields(NUMBER, ("subtotal", "total", "balance")),
            **fields(LIST, ("discounts", "taxes", "shipping")),
        },
        lines={"items": LINE},
    ),
    traits=EntityTraits(entity="invoice", has_events=True, maps=frozenset({"metadata"})),
    filters=frozenset({"number"}),
    xref="metadata.crm_id",
    references=frozenset({"customer", "subscription", "payment_plan"}),
    lines=Listed("items", "id", marked=True, fixed=frozenset({"catalog_item"})),
    voids=True,
)

ENTITIES: Final[dict[str, Entity]] = {one.name: one for one in (CUSTOMER, CONTACT, ITEM, INVOICE)}


def entity_of(name: str) -> Entity:
    """Return the entity's row, or say which ones there are."""
    try:
        return ENTITIES[name]
    except KeyError:
        known = ", ".join(sorted(ENTITIES))
        raise LookupError(f"Invoiced entity {name!r} is not connected; known: {known}") from None
