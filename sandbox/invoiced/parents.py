"""What belongs to customers: whose it is, what is told of it, and how it follows when one is merged or deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from .account import Account
from .call import Call
from .errors import NotFoundError
from .events.log import EventLog
from .records import Document, Records
from .versions import Tell, Versions, silent

CUSTOMER = "customer"


class Follower(Protocol):
    """Records that go with their customer."""

    def binds(self, customer: int) -> bool:
        """Whether a customer that has some cannot be deleted."""

    def remove_all(self, call: Call, customer: Document) -> None:
        """Removes those of a customer that goes."""

    def merge(self, call: Call, loser: Document, winner: Document) -> None:
        """Gives the loser's to the winner."""


@dataclass(frozen=True, slots=True)
class Parents:
    """Finds the customers that records name, and moves and removes what names them."""

    records: Records
    versions: Versions
    events: EventLog
    switches: Mapping[str, bool]
    account: Account

    def get(self, id_: int) -> Document:
        """A customer, or NotFoundError."""
        found = self.records.get(CUSTOMER, id_)
        if found is None:
            raise NotFoundError(f"No such customer: {id_}")
        return found

    def currency(self, customer: Document) -> str:
        """What a customer is billed in unless told otherwise."""
        return customer["currency"] or self.account.currency

    def of(self, entity: str, customer: int) -> list[Document]:
        """The records of a kind that name this customer."""
        return self.records.children(entity, customer, CUSTOMER)

    def remove(self, entity: str, customer: int, tell: Tell) -> None:
        """Removes those of a customer."""
        for each in self.of(entity, customer):
            self.records.delete(entity, each["id"])
            tell("deleted", each, None)

    def move(self, entity: str, loser: int, winner: int, tell: Tell) -> None:
        """Lets the loser's name the winner: told and stamped, or as one statement in the database would do it."""
        for each in self.of(entity, loser):
            after = {**each, CUSTOMER: winner}
            if self.switches["invoiced.merge_tells_invoices"]:
                self.versions.save(each, after, tell)
            else:
                self.versions.keep_stamp(each, after, silent)

    def telling(self, call: Call, *, expanded: bool = False, hidden: Sequence[str] = ()) -> Tell:
        """Notes events, with the customer whole if it is to be, and without what is hidden."""
        return partial(self._tell, call, expanded, hidden)

    def _tell(
        self,
        call: Call,
        expanded: bool,
        hidden: Sequence[str],
        kind: str,
        document: Document,
        previous: Mapping[str, Any] | None,
    ) -> None:
        shown = {name: value for name, value in document.items() if name not in hidden}
        if expanded:
            shown[CUSTOMER] = self.records.get(CUSTOMER, document[CUSTOMER]) or document[CUSTOMER]
        old = None if previous is None else {name: previous[name] for name in previous if name not in hidden}
        self.events.append(call, kind, document, old, shown=shown)
