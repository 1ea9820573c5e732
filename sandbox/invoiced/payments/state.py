"""The payments of the account: what can be done to them, with its events and what it does to invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.errors import ConflictError, InvalidError, NotFoundError
from sandbox.invoiced.fields import Field, read_value
from sandbox.invoiced.invoices.state import Invoices
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import written

from . import rules
from .fields import FIELDS

NAME = "payment"
CUSTOMER, INVOICE = Field("customer", "integer"), Field("invoice", "integer", required=True)
CURRENCY, SHARES = Field("currency", "currency"), Field("applied_to", "list", start=[])


@dataclass(frozen=True, slots=True)
class Payments:
    """Reads and writes payments; each method runs in the caller's transaction."""

    database: Database
    parents: Parents
    invoices: Invoices
    switches: Mapping[str, bool]

    def get(self, id_: int) -> Document:
        """A payment, or NotFoundError."""
        payment = self.parents.records.get(NAME, id_)
        if payment is None:
            raise NotFoundError(f"No such payment: {id_}")
        return payment

    def create(self, call: Call) -> Document:
        """A new payment, applied to the invoices it names."""
        named = read_value(SHARES, call.body.get("applied_to"), self.switches)
        found = [(self._invoice(call, each), each) for each in named]
        customer = read_value(CUSTOMER, call.body.get("customer"), self.switches)
        if customer is None and not found:
            raise InvalidError("customer can not be blank where no invoice is named", "customer")
        payer = self.parents.get(found[0][0]["customer"] if customer is None else customer)
        asked = read_value(CURRENCY, call.body.get("currency"), self.switches)
        currency = asked or (found[0][0]["currency"] if found else self.parents.currency(payer))
        moment = self._moment(currency)
        shares = [rules.Share(each, rules.read_amount(entry.get("amount"), moment)) for each, entry in found]
        return self._made(call, call.body, payer["id"], shares, moment)

    def pay(self, call: Call, invoice_id: int) -> Document:
        """Pays an invoice, in full unless an amount is named; gives the invoice."""
        invoice = self.invoices.get(call, invoice_id)
        moment = self._moment(invoice["currency"])
        amount = rules.read_amount(call.body.get("amount") or invoice["balance"], moment)
        share = rules.Share(invoice, amount)
        self._made(call, {**call.body, "amount": amount}, invoice["customer"], [share], moment)
        return self.invoices.get(call, invoice_id)

    def update(self, call: Call, id_: int) -> Document:
        """Changes what is noted about a payment; its money stays where it is."""
        before = self.get(id_)
        after = written(FIELDS, before, call.body, self.switches)
        return self.parents.versions.save(before, after, self.parents.telling(call))

    def delete(self, call: Call, id_: int) -> None:
        """Takes a payment back: its invoices are as unpaid as before."""
        payment = self.get(id_)
        self.parents.records.delete(NAME, id_)
        self.parents.telling(call)("deleted", payment, None)
        for share in payment["applied_to"]:
            self.invoices.pay(call, self.invoices.get(call, share["invoice"]), -share["amount"])

    def binds(self, customer: int) -> bool:
        """A customer with payments stays."""
        return bool(self.parents.of(NAME, customer))

    def remove_all(self, call: Call, customer: Document) -> None:
        """Removes those of a customer that goes all the same, each told."""
        self.parents.remove(NAME, customer["id"], self.parents.telling(call))

    def merge(self, call: Call, loser: Document, winner: Document) -> None:
        """Moves the loser's to the winner."""
        self.parents.move(NAME, loser["id"], winner["id"], self.parents.telling(call))

    def _invoice(self, call: Call, entry: Any) -> Document:
        if not isinstance(entry, dict) or entry.get("type", "invoice") != "invoice":
            raise InvalidError(
                "applied_to must hold objects with type invoice, an invoice and an amount", "applied_to"
            )
        try:
            return self.invoices.get(call, read_value(INVOICE, entry.get("invoice"), self.switches))
        except NotFoundError as error:
            raise InvalidError(error.message, "applied_to") from error

    def _made(
        self,
        call: Call,
        body: Mapping[str, Any],
        customer: int,
        shares: Sequence[rules.Share],
        moment: Moment,
    ) -> Document:
        invoices = [share.invoice["id"] for share in shares]
        if len(set(invoices)) < len(invoices):
            raise ConflictError("applied_to names an invoice twice", "applied_to")
        for share in shares:
            rules.check_share(share, customer, moment.currency)
        payment = rules.created(self.database.next_number(NAME), body, customer, shares, moment)
        payment = self.parents.versions.first(payment, self.parents.telling(call))
        for share in shares:
            self.invoices.pay(call, share.invoice, share.amount)
        return payment

    def _moment(self, currency: str) -> Moment:
        return Moment(self.parents.versions.now(), currency, self.database.next_number, self.switches)
