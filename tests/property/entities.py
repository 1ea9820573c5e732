"""What the two API models know beside organisations: contacts, persons and items, and how each entity is kept."""

from typing import Any

from connectors.lines import Listed

ADDRESS = {"invoiced": ("city", "postal_code"), "crm": ("City", "ZipCode")}
FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("invoiced", "customer"): (
        "name", "number", "email", "phone", "city", "notes", "currency", "postal_code", "tax_id", "parent_customer", "metadata.fax",
    ),
    ("crm", "customer"): (
        "Name", "CustomerNumber", "Email", "Phone", "City", "Description", "Currency", "ZipCode", "OrganizationNumber", "ParentId", "Fax",
    ),
    ("invoiced", "contact"): ("name", "title", "email", "phone", "primary", "city", "postal_code", "customer"),
    ("crm", "contact"): (
        "FirstName", "LastName", "ContactNumber", "Title", "Email", "Phone", "IsPrimary", "City", "ZipCode", "Description", "CustomerId",
    ),
    ("invoiced", "item"): ("id", "name", "description", "unit_cost", "currency", "taxable"),
    ("invoiced", "invoice"): ("name", "number", "notes", "customer", "items"),
    ("crm", "order"): ("Name", "OrderNumber", "Notes", "CustomerId", "Lines"),
    ("crm", "product"): ("ProductCode", "Name", "Description", "UnitPrice", "Currency", "IsTaxable"),
}  # fmt: skip
# What an API does not let anybody change of a record that is there.
FIXED = {("invoiced", "contact"): "customer", ("invoiced", "item"): "id"}
# The list of its lines, and their id: a write of it is the new full set.
LISTED = {
    ("invoiced", "invoice"): Listed("items", "id", marked=True, fixed=frozenset({"catalog_item"})),
    ("crm", "order"): Listed("Lines", "LineId"),
}
XREF = {"invoiced": "metadata.crm_id", "crm": "ExternalId"}


def blank(system: str, entity: str) -> dict[str, Any]:
    """A record of which nothing has been entered."""
    empty: dict[str, Any] = dict.fromkeys(FIELDS[system, entity])
    if (system, entity) in LISTED:
        empty[LISTED[system, entity].name] = []
    if system == "crm":
        return {**empty, "IsActive": True, "IsDeleted": False, "ExternalId": None}
    if entity == "customer":
        return {**empty, "type": "company", "active": True, "metadata.crm_id": None}
    return empty if nameless(system, entity) else {**empty, "metadata.crm_id": None}


def nameless(system: str, entity: str) -> bool:
    """Whether its records carry no cross-reference."""
    return (system, entity) == ("invoiced", "contact")


def filled(system: str, entity: str, name: str, record: dict[str, Any]) -> dict[str, Any]:
    """What the API fills in where a create sent nothing."""
    if system == "invoiced" and entity == "customer" and record["number"] is None:
        return {**record, "number": f"CUST-{name}"}
    if system == "invoiced" and entity == "contact":
        return {**record, "primary": bool(record["primary"])}
    if system == "invoiced" and entity == "item" and record["id"] is None:
        return {**record, "id": name}
    return record


def below(entity: str, name: str) -> tuple[str, Any] | None:
    """How records that live below this one name it, if any do: they end with it."""
    return ("customer", int(name)) if entity == "customer" and name.isdigit() else None
