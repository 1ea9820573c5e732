"""What a write makes of a customer; pure: ids, times and other records are arguments."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.account import Account
from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.fields import read_value
from sandbox.invoiced.metadata import write_metadata
from sandbox.invoiced.records import Document

from .fields import FIELDS, MIRRORS, MORE_TYPES, starting_values

MAX_DEPTH = 5
TRANSACTIONS = "sandbox_transactions"  # metadata key by which a test gives a customer transactions


def created(id_: int, written: Mapping[str, Any], account: Account, switches: Mapping[str, bool]) -> Document:
    """A new customer; `number` may still be missing."""
    start = starting_values(
        account,
        country=switches["invoiced.country_default"],
        currency=switches["invoiced.currency_default"],
    )
    if not written.get("name"):
        raise InvalidError("name can not be blank", "name")
    given = {name: value for name, value in written.items() if value is not None and value != ""}
    return changed({**start, "id": id_}, given, account, switches)


def changed(
    before: Document, written: Mapping[str, Any], account: Account, switches: Mapping[str, bool]
) -> Document:
    """A customer after a write; `before` stays as it is. Unknown and read-only fields are nobody's."""
    after = dict(before)
    for field in FIELDS:
        if field.name not in written or field.access == "read":
            continue
        value = read_value(field, written[field.name], switches)
        if field.access == "read-write":
            after[field.name] = value
    after["metadata"] = before["metadata"]
    if "metadata" in written:
        after["metadata"] = write_metadata(before["metadata"], _map_or_none(written["metadata"]), switches)
    _check_type(after["type"], switches)
    if not switches["invoiced.active_writable"]:
        after["active"] = before["active"]
    if "taxes" in written:
        after["taxes"] = _taxes(after["taxes"], switches)
    return _derived(after, account)


def _map_or_none(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) else None


def _check_type(value: str, switches: Mapping[str, bool]) -> None:
    if value in MORE_TYPES and not switches["invoiced.more_customer_types"]:
        raise InvalidError(f"type {value!r} is not one of company, person", "type")


def _taxes(written: list[Any], switches: Mapping[str, bool]) -> list[Any]:
    ids = [each.get("id") if isinstance(each, dict) else each for each in written]
    if not all(isinstance(each, str | int) and not isinstance(each, bool) for each in ids):
        raise InvalidError("taxes must be a list of tax rate ids", "taxes")
    if not switches["invoiced.taxes_as_objects"]:
        return ids
    return [{"id": str(each), "object": "tax_rate", "name": str(each)} for each in ids]


def _derived(customer: Document, account: Account) -> Document:
    for mirror, source in MIRRORS.items():
        customer[mirror] = customer[source]
    token = hashlib.sha256(f"{account.site} {customer['id']}".encode()).hexdigest()[:24]
    customer["statement_url"] = f"{account.site}/statements/{token}"
    customer["statement_pdf_url"] = f"{account.site}/statements/{token}/pdf"
    customer["sign_up_url"] = f"{account.site}/sign_up/{token}" if customer["sign_up_page"] else None
    return customer


def previous_values(before: Document, after: Document) -> dict[str, Any]:
    """The old values of what a write changed."""
    return {name: before.get(name) for name, value in after.items() if before.get(name) != value}


def check_ancestors(
    customer: int, ancestors: list[int], levels_below: int, switches: Mapping[str, bool]
) -> None:
    """Refuses a circle, and more levels than there may be; `ancestors` nearest first."""
    if customer in ancestors:
        raise InvalidError(
            f"parent_customer {ancestors[0]} stands below customer {customer}", "parent_customer"
        )
    depth = len(ancestors) + 1 + levels_below
    if depth > MAX_DEPTH and switches["invoiced.parent_depth_limited"]:
        raise InvalidError(
            f"parent_customer would make {depth} levels, at most {MAX_DEPTH} may be", "parent_customer"
        )


def has_transactions(customer: Document) -> bool:
    """Whether a customer counts as having transactions, until invoices join: tests say so in its metadata."""
    return bool(customer["metadata"].get(TRANSACTIONS))
