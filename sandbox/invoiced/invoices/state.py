"""The invoices of the account: what can be done to them, with its events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.invoiced.call import Call
from sandbox.invoiced.currencies import Number, total_of
from sandbox.invoiced.database import Database
from sandbox.invoiced.errors import ConflictError, InvalidError, NotFoundError
from sandbox.invoiced.fields import read_value
from sandbox.invoiced.line_items.catalogue import Catalogue
from sandbox.invoiced.line_items.embedded import lines_after
from sandbox.invoiced.line_items.pending import PendingLines
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.numbering import Numbers
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.payments.applied import release
from sandbox.invoiced.records import Document
from sandbox.invoiced.versions import Tell, Versions

from . import rules
from .amounts import VOIDED, applied, priced, settled
from .credit import check_credit
from .fields import CURRENCY, HIDDEN
from .overdue import Overdue

NAME = "invoice"


@dataclass(frozen=True, slots=True)
class Invoices:
    """Reads and writes invoices; each method runs in the caller's transaction."""

    database: Database
    parents: Parents
    pending: PendingLines
    catalogue: Catalogue
    numbers: Numbers
    overdue: Overdue
    switches: Mapping[str, bool]

    def get(self, call: Call, id_: int) -> Document:
        """An invoice as it stands at this time, or NotFoundError."""
        self.overdue.catch_up(call)
        invoice = self.parents.records.get(NAME, id_)
        if invoice is None:
            raise NotFoundError(f"No such invoice: {id_}")
        return invoice

    def create(self, call: Call) -> Document:
        """A new invoice with its lines."""
        customer = self._customer(call.body.get("customer"))
        moment = self._moment(call.body, self.parents.currency(customer))
        lines = lines_after((), call.body.get("items"), self.catalogue.find, moment)
        return self._made(call, customer, lines, moment)

    def bill(self, call: Call, customer_id: int) -> Document:
        """A new invoice with all pending lines of a customer."""
        customer = self.parents.get(customer_id)
        moment = self._moment(call.body, self.parents.currency(customer))
        lines = self.pending.taken(call, customer, moment)
        if not lines:
            raise ConflictError(f"Customer {customer_id} has no pending line items to invoice")
        return self._made(call, customer, lines, moment)

    def update(self, call: Call, id_: int) -> Document:
        """Changes an invoice by the request's fields; lines it does not name are gone, unless it names none."""
        before = self.get(call, id_)
        moment = self._moment(call.body, before["currency"])
        after = rules.changed(before, call.body, moment)
        if "items" in call.body:
            after["items"] = lines_after(before["items"], call.body["items"], self.catalogue.find, moment)
        if after["number"] != before["number"]:
            self.numbers.check(after)
        after = settled(priced(after, applied(before)), moment, was_paid=before["paid"])
        return self.versions.save(before, after, self.told(call))

    def void(self, call: Call, id_: int) -> Document:
        """Makes an invoice one that nobody has to pay; it stays on record."""
        before = self.get(call, id_)
        if before["status"] == VOIDED:
            raise ConflictError(f"Invoice {id_} is voided already")
        before = self._unpaid(call, before, "invoiced.void_refused", "voided")
        after = settled({**before, "status": VOIDED}, self._moment({}, before["currency"]), was_paid=False)
        return self.versions.save(before, after, self.told(call))

    def delete(self, call: Call, id_: int) -> None:
        """Removes an invoice."""
        invoice = self._unpaid(call, self.get(call, id_), "invoiced.invoice_delete_refused", "deleted")
        self.parents.records.delete(NAME, id_)
        self.told(call)("deleted", invoice, None)

    def pay(self, call: Call, before: Document, amount: Number) -> Document:
        """Takes so much off what is left to pay; a negative amount gives it back."""
        balance = total_of((before["balance"], -amount))
        moment = self._moment({}, before["currency"])
        after = settled({**before, "balance": balance}, moment, was_paid=before["paid"])
        if before["paid"] and not after["paid"]:  # what closed it is undone
            after = settled({**after, "closed": False}, moment, was_paid=True)
        moves = self.switches["invoiced.payment_moves_updated_at"]
        store = self.versions.save if moves else self.versions.keep_stamp
        after = store(before, after, self.told(call))
        if after["paid"] and not before["paid"] and not self.switches["invoiced.paid_is_an_update"]:
            self.told(call)("paid", after, None)
        return after

    @property
    def versions(self) -> Versions:
        """How the next version of an invoice is stored."""
        return self.parents.versions

    def told(self, call: Call) -> Tell:
        """Notes events of invoices, with the customer expanded."""
        return self.parents.telling(call, expanded=True, hidden=HIDDEN)

    def _customer(self, id_: Any) -> Document:
        known = str(id_).isascii() and str(id_).isdigit() and len(str(id_)) <= 18
        customer = self.parents.records.get("customer", int(str(id_))) if known else None
        if customer is None:
            raise InvalidError(f"customer {str(id_)[:60]!r} does not exist", "customer")
        return customer

    def _made(self, call: Call, customer: Document, lines: Sequence[Document], moment: Moment) -> Document:
        id_ = self.database.next_number(NAME)
        invoice = rules.created(id_, call.body, customer, self.parents.account, moment)
        invoice = settled(priced({**invoice, "items": lines}, 0), moment, was_paid=False)
        check_credit(customer, invoice, self.parents)
        self.numbers.give(invoice)
        return self.versions.first(invoice, self.told(call))

    def _unpaid(self, call: Call, invoice: Document, switch: str, what: str) -> Document:
        """The invoice without payments: where there are some that is refused, or they are released."""
        if applied(invoice) == 0:
            return invoice
        if self.switches[switch]:
            raise ConflictError(f"Invoice {invoice['id']} has payments and cannot be {what}")
        release(self.parents, call, invoice)
        return self.pay(call, invoice, -applied(invoice))

    def _moment(self, body: Mapping[str, Any], currency: str) -> Moment:
        if body.get("currency"):
            currency = read_value(CURRENCY, body["currency"], self.switches)
        return Moment(self.versions.now(), currency, self.database.next_number, self.switches)
