"""What a write makes of a payment; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.invoiced.currencies import Number, rounded, total_of
from sandbox.invoiced.errors import ConflictError, InvalidError
from sandbox.invoiced.fields import read_value
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import given, starting_values, written

from .fields import AMOUNT, FIELDS


@dataclass(frozen=True, slots=True)
class Share:
    """So much of a payment for one invoice."""

    invoice: Document
    amount: Number


def created(
    id_: int, body: Mapping[str, Any], customer: int, shares: Sequence[Share], moment: Moment
) -> Document:
    """A new payment, applied to its invoices."""
    amount = read_amount(body.get("amount"), moment)
    rest = total_of((amount, *(-share.amount for share in shares)))
    if rest < 0:
        raise InvalidError(f"applied_to is more than the amount {amount}", "applied_to")
    start = starting_values(FIELDS) | {"id": id_, "customer": customer, "currency": moment.currency}
    start |= {"date": moment.now, "amount": amount, "balance": rest}
    start["applied_to"] = [
        {"type": "invoice", "invoice": share.invoice["id"], "amount": share.amount} for share in shares
    ]
    return written(FIELDS, start, given(body), moment.switches)


def read_amount(value: Any, moment: Moment) -> Number:
    """A sum of money above zero."""
    amount = rounded(read_value(AMOUNT, value, moment.switches), moment.currency)
    if amount <= 0:
        raise InvalidError(f"amount {amount} is not above zero", "amount")
    return amount


def check_share(share: Share, customer: int, currency: str) -> None:
    """Refuses money for an invoice that takes none, or not so much."""
    invoice, id_ = share.invoice, share.invoice["id"]
    if invoice["draft"] or invoice["closed"] or invoice["status"] == "voided":
        raise ConflictError(f"Invoice {id_} is {invoice['status']} and takes no payment", "invoice")
    if invoice["customer"] != customer or invoice["currency"] != currency:
        raise ConflictError(f"Invoice {id_} is another customer's or in another currency", "invoice")
    if share.amount > invoice["balance"]:
        raise ConflictError(
            f"{share.amount} is more than the balance {invoice['balance']} of invoice {id_}", "amount"
        )
