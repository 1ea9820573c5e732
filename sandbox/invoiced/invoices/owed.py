"""What customers owe by their invoices: `/customers/:id/balance` and `open_balance`."""

from dataclasses import dataclass
from typing import Any

from sandbox.invoiced.call import Call
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.records import Document

from .credit import owed, owing
from .overdue import Overdue

# customers with an invoice still to be paid, as `owing` has it; names no value of a request
OWING = (
    "id IN (SELECT json_extract(document, '$.customer') FROM records WHERE entity = 'invoice'"
    " AND json_extract(document, '$.balance') <> 0 AND NOT json_extract(document, '$.draft')"
    " AND NOT json_extract(document, '$.closed') AND json_extract(document, '$.status') <> 'voided')"
)


@dataclass(frozen=True, slots=True)
class Owed:
    """Adds up invoices, in the customer's currency."""

    parents: Parents
    overdue: Overdue

    def balance(self, call: Call, customer: Document) -> dict[str, Any]:
        """The answer of `/customers/:id/balance`."""
        self.overdue.catch_up(call)
        currency, now = self.parents.currency(customer), self.parents.versions.now()
        invoices = owing(self.parents, customer["id"], currency)
        due = [each for each in invoices if each["due_date"] is None or each["due_date"] <= now]
        return {
            "currency": currency,
            "available_credits": 0,
            "due_now": owed(due),
            "history": [],
            "past_due": any(each["status"] == "past_due" for each in invoices),
            "total_outstanding": owed(invoices),
        }
