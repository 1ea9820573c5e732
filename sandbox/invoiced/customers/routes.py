"""`/customers` over HTTP."""

from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import Condition, list_conditions
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.exact_json import dumps
from sandbox.invoiced.fields import TRUE
from sandbox.invoiced.invoices.owed import OWING, Owed
from sandbox.invoiced.reads import Reads

from .fields import CUSTOMER
from .state import Customers


class CustomerRoutes:
    """Translates between HTTP and `Customers`."""

    def __init__(self, customers: Customers, owed: Owed, reads: Reads) -> None:
        self._customers = customers
        self._owed = owed
        self._reads = reads

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each. Merging has no documented route: this one is the simulator's own."""
        one = "/customers/{id}"
        return [
            ("GET", "/customers", self.list_page),
            ("POST", "/customers", self.create),
            ("GET", one, self.retrieve),
            ("PATCH", one, self.update),
            ("DELETE", one, self.delete),
            ("GET", one + "/balance", self.balance),
            ("POST", one + "/merge", self.merge),
        ]

    def list_page(self, call: Call) -> Answer:
        """One page of customers."""
        params = call.request.query_params.multi_items()
        conditions = list_conditions(CUSTOMER, params, self._customers.switches)
        return self._reads.page(call, CUSTOMER, [*conditions, *self._own_conditions(call)])

    def _own_conditions(self, call: Call) -> list[Condition]:
        params = call.request.query_params
        found: list[Condition] = []
        if "payment_source" in params:
            negation = "NOT " if params["payment_source"].lower() in TRUE else ""
            found.append(Condition(f"json_extract(document, '$.payment_source') IS {negation}NULL"))
        if params.get("open_balance", "0").lower() in TRUE:
            found.append(Condition(OWING))
        if not self._customers.switches["invoiced.inactive_listed"] and "filter[active]" not in params:
            found.append(Condition("json_extract(document, '$.active')"))
        return found

    def create(self, call: Call) -> Answer:
        """A new customer."""
        return self._reads.written(self._customers.create(call), 201)

    def retrieve(self, call: Call) -> Answer:
        """One customer."""
        return self._reads.one(call, CUSTOMER, self._customers.get(call.integer("id")))

    def update(self, call: Call) -> Answer:
        """A changed customer."""
        return self._reads.written(self._customers.update(call, call.integer("id")))

    def delete(self, call: Call) -> Answer:
        """A customer less."""
        self._customers.delete(call, call.integer("id"))
        return Answer("", 204)

    def balance(self, call: Call) -> Answer:
        """What a customer owes."""
        return Answer(dumps(self._owed.balance(call, self._customers.get(call.integer("id")))))

    def merge(self, call: Call) -> Answer:
        """The winner, after `{"customer": <loser's id>}` went up in it."""
        loser = call.body.get("customer")
        if isinstance(loser, bool) or not str(loser).isdigit():
            raise InvalidError(
                f"customer {loser!r} is not the id of the customer to merge into this one", "customer"
            )
        return self._reads.written(self._customers.merge(call, call.integer("id"), int(str(loser))))
