"""The contacts of all customers: what can be done to them, with its events, and what follows their customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.errors import NotFoundError
from sandbox.invoiced.events.log import EventLog
from sandbox.invoiced.records import Document, Records
from sandbox.invoiced.versions import Tell, Versions, silent

from . import rules
from .fields import PARENT

NAME = "contact"
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Contacts:
    """Reads and writes contacts; each method runs in the caller's transaction."""

    database: Database
    records: Records
    versions: Versions
    events: EventLog
    switches: Mapping[str, bool]

    @property
    def hidden(self) -> Sequence[str]:
        """The fields no answer shows: with the switch off, whose contact it is stands in the address alone."""
        return () if self.switches["invoiced.contact_names_customer"] else PARENT

    def customer(self, id_: int) -> Document:
        """The customer whose contacts are asked for, or NotFoundError."""
        found = self.records.get(CUSTOMER, id_)
        if found is None:
            raise NotFoundError(f"No such customer: {id_}")
        return found

    def get(self, customer: int, id_: int) -> Document:
        """A contact of this customer, or NotFoundError."""
        self.customer(customer)
        contact = self.records.get(NAME, id_)
        if contact is None or contact["customer"] != customer:
            raise NotFoundError(f"No such contact of customer {customer}: {id_}")
        return contact

    def create(self, call: Call, customer_id: int) -> Document:
        """A new contact."""
        customer = self.customer(customer_id)
        rules.check_count(len(self.of(customer_id)), customer_id, self.switches)
        contact = rules.created(self.database.next_number(NAME), call.body, customer, self.switches)
        contact = self.versions.first(contact, self._told(call, customer))
        self._touch(call, customer)
        return contact

    def update(self, call: Call, customer_id: int, id_: int) -> Document:
        """Changes a contact by the request's fields."""
        before, customer = self.get(customer_id, id_), self.customer(customer_id)
        after = rules.changed(before, call.body, customer, self.switches)
        after = self.versions.save(before, after, self._told(call, customer))
        if after != before:
            self._touch(call, customer)
        return after

    def delete(self, call: Call, customer_id: int, id_: int) -> None:
        """Removes a contact."""
        contact, customer = self.get(customer_id, id_), self.customer(customer_id)
        self._remove(contact, self._told(call, customer))
        self._touch(call, customer)

    def of(self, customer: int) -> list[Document]:
        """The contacts of a customer."""
        return self.records.children(NAME, customer, CUSTOMER)

    def binds(self, _customer: int) -> bool:
        """No contact keeps its customer."""
        return False

    def remove_all(self, call: Call, customer: Document) -> None:
        """Removes the contacts of a customer that goes."""
        for contact in self.of(customer["id"]):
            self._remove(contact, self._following(call, customer))

    def merge(self, call: Call, loser: Document, winner: Document) -> None:
        """Moves the loser's contacts to the winner, or lets them vanish."""
        if not self.switches["invoiced.merge_moves_contacts"]:
            self.remove_all(call, loser)
            return
        for contact in self.of(loser["id"]):
            after = rules.moved(contact, winner["id"])
            if self.switches["invoiced.contacts_follow_silently"]:  # as one statement in the database would
                self.records.replace(NAME, contact, after)
            else:
                self.versions.save(contact, after, self._told(call, winner))

    def _remove(self, contact: Document, tell: Tell) -> None:
        self.records.delete(NAME, contact["id"])
        tell("deleted", contact, None)

    def _touch(self, call: Call, customer: Document) -> None:
        if not self.switches["invoiced.contact_edit_keeps_customer"]:
            self.versions.touch(customer, partial(self.events.append, call))

    def _following(self, call: Call, customer: Document) -> Tell:
        return silent if self.switches["invoiced.contacts_follow_silently"] else self._told(call, customer)

    def _told(self, call: Call, customer: Document) -> Tell:
        def tell(kind: str, contact: Document, previous: Mapping[str, Any] | None) -> None:
            shown = {name: value for name, value in contact.items() if name not in self.hidden}
            self.events.append(call, kind, contact, previous, shown={**shown, "customer": customer})

        return tell
