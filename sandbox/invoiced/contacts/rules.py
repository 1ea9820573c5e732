"""What a write makes of a contact; pure."""

from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.errors import ConflictError, InvalidError
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import given, starting_values, written

from .fields import FIELDS, PARENT

MAX_CONTACTS = 100  # of one customer


def created(id_: int, body: Mapping[str, Any], customer: Document, switches: Mapping[str, bool]) -> Document:
    """A new contact of a customer: the address says whose it is, whatever the body names."""
    start = starting_values(FIELDS)
    start["primary"] = switches["invoiced.contact_primary_default"]
    start["id"], start["customer"], start["customer_id"] = id_, customer["id"], customer["id"]
    return _checked(written(FIELDS, start, given(body), switches), customer, switches)


def changed(
    before: Document, body: Mapping[str, Any], customer: Document, switches: Mapping[str, bool]
) -> Document:
    """A contact after a write; its parent stays."""
    for name in PARENT:
        if switches["invoiced.contact_parent_refused"] and str(body.get(name, customer["id"])) != str(
            customer["id"]
        ):
            raise InvalidError(f"{name} of a contact cannot be changed; delete it and create another", name)
    after = written(FIELDS, before, body, switches)
    if before["primary"] != after["primary"] and body.get("primary") in {None, ""}:
        after["primary"] = switches["invoiced.contact_primary_default"]
    return _checked(after, customer, switches)


def moved(contact: Document, customer: int) -> Document:
    """A contact of another customer, as only merging makes it."""
    return {**contact, "customer": customer, "customer_id": customer}


def check_count(present: int, customer: int, switches: Mapping[str, bool]) -> None:
    """Refuses one contact more than a customer may have."""
    if present >= MAX_CONTACTS and switches["invoiced.contacts_limited"]:
        raise ConflictError(f"Customer {customer} has {present} contacts, at most {MAX_CONTACTS} may be")


def _checked(contact: Document, customer: Document, switches: Mapping[str, bool]) -> Document:
    if contact["name"] is None and switches["invoiced.contact_name_required"]:
        raise InvalidError("name can not be blank", "name")
    if contact["country"] is None and switches["invoiced.contact_country_inherited"]:
        contact["country"] = customer["country"]
    return contact
