"""What a write makes of a customer; pure: ids, times and other records are arguments."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.account import Account
from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import given, starting_values, written

from .fields import FIELDS, MIRRORS, MORE_TYPES

MAX_DEPTH = 5
TRANSACTIONS = "sandbox_transactions"  # metadata key by which a test gives a customer transactions


def created(id_: int, body: Mapping[str, Any], account: Account, switches: Mapping[str, bool]) -> Document:
    """A new customer; `number` may still be missing."""
    start = starting_values(FIELDS)
    start["country"] = account.country if switches["invoiced.country_default"] else None
    start["currency"] = account.currency if switches["invoiced.currency_default"] else None
    if not body.get("name"):
        raise InvalidError("name can not be blank", "name")
    return changed({**start, "id": id_}, given(body), account, switches)


def changed(
    before: Document, body: Mapping[str, Any], account: Account, switches: Mapping[str, bool]
) -> Document:
    """A customer after a write; `before` stays as it is."""
    after = written(FIELDS, before, body, switches)
    _check_type(after["type"], switches)
    if not switches["invoiced.active_writable"]:
        after["active"] = before["active"]
    return _derived(after, account)


def _check_type(value: str, switches: Mapping[str, bool]) -> None:
    if value in MORE_TYPES and not switches["invoiced.more_customer_types"]:
        raise InvalidError(f"type {value!r} is not one of company, person", "type")


def _derived(customer: Document, account: Account) -> Document:
    for mirror, source in MIRRORS.items():
        customer[mirror] = customer[source]
    token = hashlib.sha256(f"{account.site} {customer['id']}".encode()).hexdigest()[:24]
    customer["statement_url"] = f"{account.site}/statements/{token}"
    customer["statement_pdf_url"] = f"{account.site}/statements/{token}/pdf"
    customer["sign_up_url"] = f"{account.site}/sign_up/{token}" if customer["sign_up_page"] else None
    return customer


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
    """Whether a customer counts as having transactions, invoices or not: tests say so in its metadata."""
    return bool(customer["metadata"].get(TRANSACTIONS))
