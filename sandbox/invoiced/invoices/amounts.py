"""What an invoice comes to, what is left of it, and what that makes of its status; pure."""

from collections.abc import Mapping

from sandbox.invoiced.adjustments import OF_A_LINE, OF_AN_INVOICE, extra
from sandbox.invoiced.currencies import Number, rounded, total_of
from sandbox.invoiced.errors import ConflictError, InvalidError
from sandbox.invoiced.line_items import rules as lines
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.records import Document

VOIDED = "voided"


def applied(invoice: Document) -> Number:
    """How much of it has been paid."""
    return 0 if invoice["status"] == VOIDED else total_of((invoice["total"], -invoice["balance"]))


def priced(invoice: Document, paid: Number) -> Document:
    """An invoice with its amounts, so much of it already paid."""
    currency = invoice["currency"]
    items = [lines.priced(line, currency) for line in invoice["items"]]
    subtotal = total_of(line["amount"] for line in items)
    extras = [extra(invoice, OF_AN_INVOICE), *(extra(line, OF_A_LINE) for line in items)]
    total = rounded(total_of((subtotal, *extras)), currency)
    if total < 0:
        raise InvalidError(
            f"The total of an invoice can not be below zero; this one's would be {total}", "items"
        )
    if total < paid:
        raise ConflictError(f"The total can not become {total}: {paid} of the invoice is paid", "items")
    return {
        **invoice,
        "items": items,
        "subtotal": subtotal,
        "total": total,
        "balance": total_of((total, -paid)),
    }


def settled(invoice: Document, moment: Moment, *, was_paid: bool) -> Document:
    """An invoice with what follows from its amounts: whether it is paid, hence closed, and its status."""
    switches, open_ = moment.switches, not invoice["draft"] and invoice["status"] != VOIDED
    nothing_left = invoice["balance"] == 0 and (
        invoice["total"] != 0 or switches["invoiced.zero_total_is_paid"]
    )
    paid = open_ and nothing_left
    closing = paid and not was_paid and switches["invoiced.paid_closes"]
    after = {**invoice, "paid": paid, "closed": invoice["closed"] or closing}
    if invoice["status"] == VOIDED and switches["invoiced.void_empties_balance"]:
        after["balance"] = 0
    return {**after, "status": status(after, moment.now, switches)}


def status(invoice: Document, now: int, switches: Mapping[str, bool]) -> str:
    """What an invoice's status is at this time."""
    if invoice["status"] == VOIDED:
        return VOIDED
    if invoice["draft"]:
        return "draft"
    if invoice["paid"]:
        return "paid"
    if invoice["closed"] and switches["invoiced.bad_debt_shown"]:
        return "bad_debt"
    if invoice["due_date"] is not None and invoice["due_date"] < now:
        return "past_due"
    return "sent" if invoice["sent"] else "not_sent"
