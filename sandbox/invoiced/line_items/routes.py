"""`/customers/:customer_id/line_items` over HTTP; lines of invoices have no address of their own."""

from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import Condition, list_conditions
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.reads import Reads

from .fields import LINE_ITEM
from .pending import PendingLines

UNKNOWN = ("updated_after", "updated_before")  # to this list


class LineItemRoutes:
    """Translates between HTTP and `PendingLines`."""

    def __init__(self, lines: PendingLines, reads: Reads) -> None:
        self._lines = lines
        self._reads = reads

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        every = "/customers/{customer}/line_items"
        one = every + "/{id}"
        return [
            ("GET", every, self.list_page),
            ("POST", every, self.create),
            ("GET", one, self.retrieve),
            ("PATCH", one, self.update),
            ("DELETE", one, self.delete),
        ]

    def list_page(self, call: Call) -> Answer:
        """One page of a customer's pending lines: sorted and filtered, by time of change not."""
        customer = self._lines.parents.get(call.integer("customer"))["id"]
        mine = Condition("json_extract(document, '$.customer') = ?", (customer,))
        params = call.request.query_params.multi_items()
        asked = [(name, value) for name, value in params if name not in UNKNOWN]
        conditions = list_conditions(LINE_ITEM, asked, self._lines.switches)
        return self._reads.page(call, LINE_ITEM, [mine, *conditions])

    def create(self, call: Call) -> Answer:
        """A new pending line."""
        return self._reads.written(self._lines.create(call, call.integer("customer")), 201)

    def retrieve(self, call: Call) -> Answer:
        """One pending line."""
        line = self._lines.get(call.integer("customer"), call.integer("id"))
        return self._reads.one(call, LINE_ITEM, line)

    def update(self, call: Call) -> Answer:
        """A changed pending line."""
        return self._reads.written(self._lines.update(call, call.integer("customer"), call.integer("id")))

    def delete(self, call: Call) -> Answer:
        """A pending line less."""
        self._lines.delete(call, call.integer("customer"), call.integer("id"))
        return Answer("", 204)
