"""Whether a customer may be invoiced: its credit hold and its credit limit."""

from sandbox.invoiced.currencies import Number, total_of
from sandbox.invoiced.errors import ConflictError
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.records import Document

from .amounts import VOIDED


def owing(parents: Parents, customer: int, currency: str) -> list[Document]:
    """The invoices of a customer that are still to be paid."""
    return [
        invoice
        for invoice in parents.of("invoice", customer)
        if invoice["currency"] == currency and invoice["balance"] != 0 and _open(invoice)
    ]


def owed(invoices: list[Document]) -> Number:
    """What is left to pay of them."""
    return total_of(invoice["balance"] for invoice in invoices)


def check_credit(customer: Document, invoice: Document, parents: Parents) -> None:
    """Refuses a new invoice to a customer on hold, or one that would owe more than its limit."""
    if not parents.switches["invoiced.credit_blocks_invoices"]:
        return
    id_, limit = customer["id"], customer["credit_limit"]
    if customer["credit_hold"]:
        raise ConflictError(f"Customer {id_} is on credit hold and cannot be invoiced", "customer")
    if limit is None:
        return
    owes = total_of((owed(owing(parents, id_, invoice["currency"])), invoice["balance"]))
    if owes > limit:
        raise ConflictError(f"Customer {id_} would owe {owes}, its credit limit is {limit}", "customer")


def _open(invoice: Document) -> bool:
    return not invoice["draft"] and not invoice["closed"] and invoice["status"] != VOIDED
