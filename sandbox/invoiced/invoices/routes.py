"""`/invoices` and `/customers/:id/invoices` over HTTP."""

from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import list_conditions
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.reads import Reads

from .fields import HIDDEN, INVOICE
from .state import Invoices


class InvoiceRoutes:
    """Translates between HTTP and `Invoices`."""

    def __init__(self, invoices: Invoices, reads: Reads) -> None:
        self._invoices = invoices
        self._reads = reads

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        return [
            ("GET", "/invoices", self.list_page),
            ("POST", "/invoices", self.create),
            ("GET", "/invoices/{id}", self.retrieve),
            ("PATCH", "/invoices/{id}", self.update),
            ("DELETE", "/invoices/{id}", self.delete),
            ("POST", "/invoices/{id}/void", self.void),
            ("POST", "/customers/{customer}/invoices", self.bill),
        ]

    def list_page(self, call: Call) -> Answer:
        """One page of invoices, each as it stands at this time."""
        self._invoices.overdue.catch_up(call)
        params = call.request.query_params.multi_items()
        conditions = list_conditions(INVOICE, params, self._invoices.switches)
        return self._reads.page(call, INVOICE, conditions, HIDDEN)

    def create(self, call: Call) -> Answer:
        """A new invoice."""
        return self._reads.written(self._invoices.create(call), 201, HIDDEN)

    def bill(self, call: Call) -> Answer:
        """A new invoice with the pending lines of a customer."""
        return self._reads.written(self._invoices.bill(call, call.integer("customer")), 201, HIDDEN)

    def retrieve(self, call: Call) -> Answer:
        """One invoice."""
        return self._reads.one(call, INVOICE, self._invoices.get(call, call.integer("id")), HIDDEN)

    def update(self, call: Call) -> Answer:
        """A changed invoice."""
        return self._reads.written(self._invoices.update(call, call.integer("id")), hidden=HIDDEN)

    def void(self, call: Call) -> Answer:
        """A voided invoice."""
        return self._reads.written(self._invoices.void(call, call.integer("id")), hidden=HIDDEN)

    def delete(self, call: Call) -> Answer:
        """An invoice less."""
        self._invoices.delete(call, call.integer("id"))
        return Answer("", 204)
