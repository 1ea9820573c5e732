"""`/customers/:customer_id/contacts` over HTTP; no list of all contacts exists."""

from sandbox.invoiced.call import Answer, Call
from sandbox.invoiced.conditions import Condition
from sandbox.invoiced.endpoint import Handler
from sandbox.invoiced.reads import Reads

from .fields import CONTACT
from .state import Contacts


class ContactRoutes:
    """Translates between HTTP and `Contacts`."""

    def __init__(self, contacts: Contacts, reads: Reads) -> None:
        self._contacts = contacts
        self._reads = reads

    def table(self) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        every = "/customers/{customer}/contacts"
        one = every + "/{id}"
        return [
            ("GET", every, self.list_page),
            ("POST", every, self.create),
            ("GET", one, self.retrieve),
            ("PATCH", one, self.update),
            ("DELETE", one, self.delete),
        ]

    def list_page(self, call: Call) -> Answer:
        """One page of a customer's contacts: sorted and paged as asked, filtered by nothing else."""
        customer = self._contacts.customer(call.integer("customer"))["id"]
        mine = Condition("json_extract(document, '$.customer') = ?", (customer,))
        return self._reads.page(call, CONTACT, [mine], self._contacts.hidden)

    def create(self, call: Call) -> Answer:
        """A new contact."""
        contact = self._contacts.create(call, call.integer("customer"))
        return self._reads.written(contact, 201, self._contacts.hidden)

    def retrieve(self, call: Call) -> Answer:
        """One contact."""
        contact = self._contacts.get(call.integer("customer"), call.integer("id"))
        return self._reads.one(call, CONTACT, contact, self._contacts.hidden)

    def update(self, call: Call) -> Answer:
        """A changed contact."""
        contact = self._contacts.update(call, call.integer("customer"), call.integer("id"))
        return self._reads.written(contact, hidden=self._contacts.hidden)

    def delete(self, call: Call) -> Answer:
        """A contact less."""
        self._contacts.delete(call, call.integer("customer"), call.integer("id"))
        return Answer("", 204)
