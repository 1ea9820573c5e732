"""`/payments` and `/invoices/:id/pay` over HTTP."""

from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import list_conditions
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.invoices.fields import HIDDEN
from sandbox.invoiced.reads import Reads

from .fields import PAYMENT
from .state import Payments


class PaymentRoutes:
    """Translates between HTTP and `Payments`."""

    def __init__(self, payments: Payments, reads: Reads) -> None:
        self._payments = payments
        self._reads = reads

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        return [
            ("GET", "/payments", self.list_page),
            ("POST", "/payments", self.create),
            ("GET", "/payments/{id}", self.retrieve),
            ("PATCH", "/payments/{id}", self.update),
            ("DELETE", "/payments/{id}", self.delete),
            ("POST", "/invoices/{id}/pay", self.pay),
        ]

    def list_page(self, call: Call) -> Answer:
        """One page of payments."""
        params = call.request.query_params.multi_items()
        return self._reads.page(call, PAYMENT, list_conditions(PAYMENT, params, self._payments.switches))

    def create(self, call: Call) -> Answer:
        """A new payment."""
        return self._reads.written(self._payments.create(call), 201)

    def retrieve(self, call: Call) -> Answer:
        """One payment."""
        return self._reads.one(call, PAYMENT, self._payments.get(call.integer("id")))

    def update(self, call: Call) -> Answer:
        """A payment with other notes."""
        return self._reads.written(self._payments.update(call, call.integer("id")))

    def delete(self, call: Call) -> Answer:
        """A payment less."""
        self._payments.delete(call, call.integer("id"))
        return Answer("", 204)

    def pay(self, call: Call) -> Answer:
        """The invoice, paid as far as asked. A part by `amount` is the simulator's own."""
        return self._reads.written(self._payments.pay(call, call.integer("id")), hidden=HIDDEN)
