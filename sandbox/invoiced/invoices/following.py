"""Invoices follow their customer: they keep it from being deleted, and move when it is merged."""

from dataclasses import dataclass

from sandbox.invoiced.call import Call
from sandbox.invoiced.parents import Parents
from sandbox.invoiced.records import Document

from .fields import HIDDEN

NAME = "invoice"


@dataclass(frozen=True, slots=True)
class FollowingInvoices:
    """What happens to invoices when something happens to their customer."""

    parents: Parents

    def binds(self, customer: int) -> bool:
        """A customer with invoices stays."""
        return bool(self.parents.of(NAME, customer))

    def remove_all(self, call: Call, customer: Document) -> None:
        """Removes those of a customer that goes all the same, each told."""
        self.parents.remove(NAME, customer["id"], self.parents.telling(call, expanded=True, hidden=HIDDEN))

    def merge(self, call: Call, loser: Document, winner: Document) -> None:
        """Moves the loser's to the winner."""
        tell = self.parents.telling(call, expanded=True, hidden=HIDDEN)
        self.parents.move(NAME, loser["id"], winner["id"], tell)
