"""Users of both systems who go on working whatever happens to Tandem; what does not get through they try again."""

from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import httpx

from tests.chaos.oracle import Ledger
from tests.chaos.sight import in_use
from tests.chaos.stock import EDITED_BY_ENTITY, PARENT_NAMES, new, request
from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.installation import Installation
from tests.oracle.entities import ALL, CONTACT, CUSTOMER, PERSON, PRODUCT
from tests.oracle.shelves import Shelves
from tests.oracle.spelling import body

# Some properties belong to the users of one side, some to both. Whoever edits Invoiced's metadata sends the
# whole map back, so that edit would be one of everything in it: those two are edited in the CRM only.
SHARED = ("phone", "address2")
PROPERTIES: dict[str, dict[Name, tuple[str, ...]]] = {
    CUSTOMER.name: {
        "invoiced": ("attention_to", "address1", "state", "notes", *SHARED),
        "crm": ("city", "postal_code", "website", "fax", "notes", *SHARED),
    },
    PERSON.name: {
        "invoiced": ("address1", "state", "notes", *SHARED),
        "crm": ("city", "postal_code", "notes", *SHARED),
    },
    CONTACT.name: {"invoiced": ("title", "address1", *SHARED), "crm": ("department", "city", *SHARED)},
    PRODUCT.name: {"invoiced": ("gl_account", "description"), "crm": ("unit_cost", "description")},
}
# Most of what is edited is organisations.
KINDS = (CUSTOMER,) * 7 + (PERSON, CONTACT, PRODUCT)
BIRTHS_IN_A_HUNDRED = 4
Act = Callable[[], None]


class NotYetError(Exception):
    """The record is just being replaced, or Tandem has not made it yet: a user tries again."""


class Users:
    """Users of either side. What they do follows from the seed; when, from what the systems answer."""

    def __init__(self, installation: Installation, ledger: Ledger, seed: int) -> None:
        self._installation = installation
        self._ledger = ledger
        self._shelves = Shelves(installation)
        self._chance = Random(seed)
        self._mark = f"{seed}-{len(ledger.agreed)}"  # other tests of the same stack give other values
        self._done = 0
        self._tried: set[str] = set()
        self._waiting: dict[str, deque[Act]] = defaultdict(deque)

    def work(self, edits: int) -> None:
        """So many edits on either side, by chance; now and then somebody enters a new record."""
        for _ in range(edits):
            self._done += 1
            system = self._chance.choice(SYSTEMS)
            self._waiting[system].append(self._next(system))
            self._flush_all()

    def later(self, who: str, act: Act) -> None:
        """Somebody does this when all that this one was to do before has got through."""
        self._waiting[who].append(act)
        self._flush_all()

    def finish(self) -> None:
        """Waits until every edit has got through."""
        self._installation.until([], self._flush_all, seconds=60)

    def edit(self, system: Name, name: str, **values: Any) -> None:
        """One certain edit."""
        entity, place = ALL[self._ledger.agreed[name]["flow"]], self._ledger.places[name][system]
        self.send(system, "PATCH", place.path, body(entity, system, values))
        self._ledger.edited(system, name, values)

    def edit_wherever(self, system: Name, name: str, **values: Any) -> None:
        """An edit of a record whose flow changes: one that has just gone out of use is no place for it."""
        found = in_use(self._installation, system, name)
        if not found:
            raise NotYetError(name)
        seen = found[0]
        entity = ALL[seen.values["flow"]]
        answer = self.send(system, "PATCH", seen.place.path, body(entity, system, values))
        if not (answer.get("active", True) and answer.get("IsActive", True) and not answer.get("IsDeleted")):
            raise NotYetError(name)
        self._ledger.edited(system, name, values)

    def enter(self, system: Name, kind: str, mark: str, parent: str) -> None:
        """A user who saw no answer looks whether the record is there before entering it again."""
        entity, values = ALL[kind], new(ALL[kind], mark)
        if mark not in self._tried or not in_use(self._installation, system, values["name"]):
            self._tried.add(mark)
            above = self._ledger.places[parent][system].id
            self.send(system, "POST", *request(entity, system, values, above))
        self._ledger.born.append(values["name"])

    def send(self, system: Name, method: str, path: str, content: Record) -> Record:
        """A request that may come too early."""
        answer = self._shelves.write(system, method, path, content)
        if answer is None:
            raise NotYetError(path)
        return answer

    def _next(self, system: Name) -> Act:
        entity = self._chance.choice(KINDS)
        if self._chance.randrange(100) < BIRTHS_IN_A_HUNDRED:
            parent = self._chance.choice(PARENT_NAMES)
            return partial(self.enter, system, entity.name, f"B{self._mark}-{self._done}", parent)
        name = self._chance.choice(EDITED_BY_ENTITY[entity.name])
        of_system = PROPERTIES[entity.name][system]
        keys = self._chance.sample(of_system, self._chance.choice((1, 1, 2)))
        values = {key: self._value(key, system) for key in keys}
        return partial(self.edit, system, name, **values)

    def _value(self, key: str, system: Name) -> str:
        if key == "unit_cost":
            return f"{self._done}.125"
        return f"{key} {self._mark}.{self._done} {system}"[:35]

    def _flush_all(self) -> list[str]:
        """Everybody's turn; gives those for whom something still waits."""
        return [who for who in self._waiting if not self._flush(who)]

    def _flush(self, who: str) -> bool:
        """Does what waits, in order; a system that does not answer keeps the rest waiting."""
        waiting = self._waiting[who]
        while waiting:
            try:
                waiting[0]()
            except (httpx.TransportError, NotYetError):
                return False
            waiting.popleft()
        return True
