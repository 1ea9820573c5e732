"""Records whose flow, customer or price changes while processes die: what their users do, and what has to come of it."""

from collections.abc import Callable

from msgspec import Struct

from tests.chaos.oracle import Ledger
from tests.chaos.stock import PARENT_NAMES, parent_of, stock_name
from tests.chaos.users import Users
from tests.flow.customer_api import Fault, Name, Record, other
from tests.flow.installation import Installation
from tests.oracle.entities import CONTACT, CUSTOMER, PERSON, PRODUCT

UNDER_WAY_MS = 400


class Mover(Struct, frozen=True):
    """One record: whose users change it, how there and how back, each in the system's words and in the ledger's."""

    name: str
    system: Name
    there: tuple[Record, Record]
    back: tuple[Record, Record]
    made: str  # where Tandem's create has to go, in the other system
    edited: tuple[str, str, str] = ("city", "phone", "address1")  # by the users of that system meanwhile


def turns(number: int) -> Mover:
    """A company becomes a person, and a company again."""
    company, person = {"type": "company"}, {"type": "person"}
    name = stock_name(CUSTOMER, 120 + number)
    return Mover(
        name, "invoiced", (person, {"flow": PERSON.name}), (company, {"flow": CUSTOMER.name}), "^/contacts$"
    )


def joins(ledger: Ledger, number: int) -> Mover:
    """A person becomes somebody's contact, and nobody's again."""
    name, parent = stock_name(PERSON, 19 - number), PARENT_NAMES[number]
    person = {"CustomerId": None}, {"flow": PERSON.name, "customer": None}
    below = f"^/customers/{ledger.places[parent]['invoiced'].id}/contacts$"
    return Mover(name, "crm", _below(ledger, parent), person, below)


def moves(ledger: Ledger, number: int) -> Mover:
    """A contact goes to another organisation, and back to its own."""
    name, own = stock_name(CONTACT, 19 - number), parent_of(19 - number)
    elsewhere = next(one for one in PARENT_NAMES[number:] if one != own)
    below = f"^/customers/{ledger.places[elsewhere]['invoiced'].id}/contacts$"
    return Mover(name, "crm", _below(ledger, elsewhere), _below(ledger, own), below)


def priced(number: int) -> Mover:
    """A product gets a price, and another one."""
    name = stock_name(PRODUCT, 19 - number)
    there, back = [({"UnitPrice": price}, {"unit_cost": price}) for price in ("7.5", "8.5")]
    return Mover(name, "crm", there, back, "^/items$", ("gl_account", "description", "gl_account"))


def _below(ledger: Ledger, parent: str) -> tuple[Record, Record]:
    named = {"CustomerId": ledger.places[parent]["crm"].id}
    return named, {"flow": CONTACT.name, "customer": parent}


class Movements(Struct, frozen=True):
    """What users do with the movers; everybody waits for his own record only."""

    installation: Installation
    ledger: Ledger
    users: Users

    def go(self, one: Mover) -> Callable[[], None]:
        """Off it goes; the yielded call returns once Tandem's create on the other side is under way."""
        api = self.installation.api(other(one.system))
        planned = {"kind": "delay", "path": one.made, "method": "POST", "delay_ms": UNDER_WAY_MS}
        content = planned | {"actor": "tandem", "times": 1}
        answer = api.http.post("/_sandbox/faults", json=content).raise_for_status()
        fault = Fault(api.http, answer.json()["id"])
        self._change(one, *one.there)
        self.edit(one, 0)
        return lambda: self.installation.until(1, fault.hits)

    def back(self, one: Mover) -> None:
        """Back again, wherever it is by now, and edited on the other side once more."""
        self._change(one, *one.back)
        self.edit(one, 2)

    def edit(self, one: Mover, number: int) -> None:
        """The users of the other side edit what they have, which is about to be replaced or has just been."""
        key = one.edited[number]
        values = {key: f"{key} {number} of {one.name}"[:35]}
        there = other(one.system)
        self.users.later(f"{one.name} there", lambda: self.users.edit_wherever(there, one.name, **values))

    def _change(self, one: Mover, content: Record, told: Record) -> None:
        def act() -> None:
            path = self.ledger.places[one.name][one.system].path
            self.users.send(one.system, "PATCH", path, content)
            self.ledger.edited(one.system, one.name, told)

        self.users.later(f"{one.name} here", act)
