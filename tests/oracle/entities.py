"""The table of entities: how each is reached on both sides, what it shows there, and what may be done to it."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from sandbox.stack.layout import checkout
from tests.flow.customer_api import Name

Kind = Literal[
    "title", "text", "number", "code", "email", "phone", "country", "language", "currency", "money", "flag"
]
Operation = Literal[
    "create", "edit", "clear", "archive", "restore", "conflict", "apart", "refer", "flow", "price", "lines"
]
FLOWS = checkout() / "schemas" / "flows"


class Property(Struct, frozen=True):
    """One value both sides must agree on. `clears`: it may be emptied; `sides`: who edits it."""

    name: str
    kind: Kind
    invoiced: str
    crm: str
    clears: bool = True
    sides: tuple[Name, ...] = ("invoiced", "crm")

    def on(self, system: Name) -> str:
        """Its name in one system; two names of the CRM joined by `+` are a name's two parts."""
        return self.invoiced if system == "invoiced" else self.crm


class End(Struct, frozen=True):
    """How one system holds an entity. `erased`: what is archived is not there any more; `below`: in its parent."""

    shelf: str
    create: tuple[tuple[str, str | bool], ...] = ()
    erased: bool = False
    below: bool = False


class Entity(Struct, frozen=True):
    """One row. `parent`: the property that names a customer, at birth too if `needs_parent`."""

    name: str
    invoiced: End
    crm: End
    properties: tuple[Property, ...]
    operations: tuple[Operation, ...]
    parent: str | None = None
    needs_parent: bool = False
    events: bool = True  # Invoiced tells of it
    tidied: str = "city"  # the property an API may normalise

    def end(self, system: Name) -> End:
        """One side of it."""
        return self.invoiced if system == "invoiced" else self.crm

    def property(self, name: str) -> Property:
        """One of its properties."""
        return next(one for one in self.properties if one.name == name)


def _texts(*names: tuple[str, str, str]) -> tuple[Property, ...]:
    return tuple(Property(name, "text", invoiced, crm) for name, invoiced, crm in names)


REACHED = (
    Property("email", "email", "email", "Email"),
    Property("phone", "phone", "phone", "Phone"),
    *_texts(
        ("address1", "address1", "StreetAddress1"), ("address2", "address2", "StreetAddress2"),
        ("city", "city", "City"), ("state", "state", "State"), ("postal_code", "postal_code", "ZipCode"),
    ),
)  # fmt: skip
BILLED = (
    Property("country", "country", "country", "Country", clears=False),
    Property("language", "language", "language", "Language"),
    Property("currency", "currency", "currency", "Currency", clears=False),
    Property("payment_terms", "text", "payment_terms", "PaymentTerms"),
    Property("notes", "text", "notes", "Description"),
)
LIFE: tuple[Operation, ...] = ("create", "edit", "clear", "archive", "restore", "conflict", "apart")

CUSTOMER = Entity(
    "customer",
    End("customers", create=(("type", "company"),)),
    End("customers"),
    (
        Property("name", "title", "name", "Name", clears=False),
        Property("number", "number", "number", "CustomerNumber", clears=False),
        *REACHED,
        *BILLED,
        Property("attention_to", "text", "attention_to", "AttentionTo"),
        Property("tax_id", "text", "tax_id", "OrganizationNumber"),
        # Who edits Invoiced's metadata sends the whole map back, so that edit would be one of everything in it.
        Property("fax", "phone", "metadata.fax", "Fax", sides=("crm",)),
        Property("website", "text", "metadata.website", "Website", sides=("crm",)),
    ),
    (*LIFE, "refer", "flow"),
    parent="parent",
)
PERSON = Entity(
    "person",
    End("customers", create=(("type", "person"),)),
    End("contacts"),
    (
        Property("name", "title", "name", "FirstName+LastName", clears=False),
        Property("number", "number", "number", "ContactNumber", clears=False),
        *REACHED,
        *BILLED,
    ),
    (*LIFE, "flow"),
)
CONTACT = Entity(
    "contact",
    End("contacts", erased=True, below=True),
    End("contacts"),
    (
        Property("name", "title", "name", "FirstName+LastName", clears=False),
        *_texts(("title", "title", "Title"), ("department", "department", "Department")),
        Property("primary", "flag", "primary", "IsPrimary", clears=False),
        *REACHED,
        Property("country", "country", "country", "Country", clears=False),
    ),
    (*LIFE, "refer", "flow"),
    parent="customer",
    needs_parent=True,
)
PRODUCT = Entity(
    "product",
    End("items", erased=True),
    End("products"),
    (
        Property("code", "code", "id", "ProductCode", clears=False, sides=()),
        Property("name", "title", "name", "Name", clears=False),
        *_texts(
            ("description", "description", "Description"), ("type", "type", "Category"),
            ("gl_account", "gl_account", "LedgerAccount"),
        ),
        # Only a create can set these in Invoiced: editing them is an operation of its own, `price`.
        Property("unit_cost", "money", "unit_cost", "UnitPrice", clears=False, sides=()),
        Property("currency", "currency", "currency", "Currency", clears=False, sides=()),
        Property("taxable", "flag", "taxable", "IsTaxable", clears=False, sides=()),
        Property("discountable", "flag", "discountable", "IsDiscountable", clears=False, sides=()),
    ),
    (*LIFE, "price"),
    events=False,
    tidied="description",
)  # fmt: skip
ORDER = Entity(
    "order",
    End("invoices", create=(("draft", True),), erased=True),
    End("orders"),
    (
        Property("name", "title", "name", "Name", clears=False),
        *_texts(
            ("purchase_order", "purchase_order", "CustomerReference"), ("notes", "notes", "Notes"),
            ("payment_terms", "payment_terms", "PaymentTerms"),
        ),
    ),
    (*LIFE, "lines"),
    parent="customer",
    needs_parent=True,
    tidied="notes",
)  # fmt: skip
ALL = {one.name: one for one in (CUSTOMER, PERSON, CONTACT, PRODUCT, ORDER)}
PRICED = ("unit_cost", "currency", "taxable", "discountable")


def kept(flows: Path = FLOWS) -> dict[str, Entity]:
    """The entities whose flow stands in a folder: those Tandem keeps in step. Changing flow takes another to go to."""
    names = {file.stem for file in flows.glob("*.yaml")}
    found = {name: one for name, one in ALL.items() if name in names}
    if "person" in found:
        return found
    return {name: _without(one, "flow") for name, one in found.items()}


def _without(entity: Entity, operation: Operation) -> Entity:
    rest = tuple(one for one in entity.operations if one != operation)
    return Entity(
        **{**{name: getattr(entity, name) for name in entity.__struct_fields__}, "operations": rest}
    )
