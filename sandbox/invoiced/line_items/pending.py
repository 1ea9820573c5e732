"""The pending lines of all customers: charged, not yet invoiced; what can be done to them, with its events."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.errors import NotFoundError
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.parents import CUSTOMER, Parents
from sandbox.invoiced.records import Document
from sandbox.invoiced.versions import silent

from . import rules
from .catalogue import Catalogue

NAME = "line_item"


@dataclass(frozen=True, slots=True)
class PendingLines:
    """Reads and writes pending lines; each method runs in the caller's transaction."""

    database: Database
    parents: Parents
    catalogue: Catalogue
    switches: Mapping[str, bool]

    def get(self, customer: int, id_: int) -> Document:
        """A pending line of this customer, or NotFoundError."""
        self.parents.get(customer)
        line = self.parents.records.get(NAME, id_)
        if line is None or line[CUSTOMER] != customer:
            raise NotFoundError(f"No such line item of customer {customer}: {id_}")
        return line

    def create(self, call: Call, customer_id: int) -> Document:
        """A new pending line."""
        customer = self.parents.get(customer_id)
        item = self.catalogue.find(call.body.get("catalog_item"))
        line = rules.created(call.body, item, self._moment(customer))
        line = {"id": line["id"], "object": NAME, CUSTOMER: customer_id, **line}
        return self.parents.versions.first(line, self.parents.telling(call))

    def update(self, call: Call, customer_id: int, id_: int) -> Document:
        """Changes a pending line by the request's fields."""
        before = self.get(customer_id, id_)
        after = rules.changed(before, call.body, self._moment(self.parents.get(customer_id)))
        return self.parents.versions.save(before, after, self.parents.telling(call))

    def delete(self, call: Call, customer_id: int, id_: int) -> None:
        """Removes a pending line."""
        line = self.get(customer_id, id_)
        self.parents.records.delete(NAME, id_)
        self.parents.telling(call)("deleted", line, None)

    def taken(self, call: Call, customer: Document, moment: Moment) -> list[Document]:
        """All of a customer's, as lines of an invoice; they are pending no more."""
        lines = self.parents.of(NAME, customer["id"])
        tell = (
            silent if self.switches["invoiced.billed_lines_vanish_silently"] else self.parents.telling(call)
        )
        self.parents.remove(NAME, customer["id"], tell)
        return [self._billed(line, moment) for line in lines]

    def binds(self, _customer: int) -> bool:
        """No pending line keeps its customer."""
        return False

    def remove_all(self, call: Call, customer: Document) -> None:
        """Removes those of a customer that goes, each told."""
        self.parents.remove(NAME, customer["id"], self.parents.telling(call))

    def merge(self, call: Call, loser: Document, winner: Document) -> None:
        """Moves the loser's to the winner."""
        self.parents.move(NAME, loser["id"], winner["id"], self.parents.telling(call))

    def _billed(self, line: Document, moment: Moment) -> Document:
        line = {name: value for name, value in line.items() if name != CUSTOMER}
        if self.switches["invoiced.billed_lines_keep_ids"]:
            return line
        stamps = {"created_at": moment.now, "updated_at": moment.now}
        return {**line, "id": moment.next_id(NAME), **stamps}

    def _moment(self, customer: Document) -> Moment:
        now, currency = self.parents.versions.now(), self.parents.currency(customer)
        return Moment(now, currency, self.database.next_number, self.switches)
