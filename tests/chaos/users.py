"""Users of both systems who go on working whatever happens to Tandem; what does not get through they try again."""

from collections import deque
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import httpx

from tests.chaos.oracle import Ledger
from tests.chaos.stock import EDITED_NAMES
from tests.flow.customer_api import SYSTEMS, Name
from tests.flow.installation import Installation

# Some properties belong to the users of one side, some to both. Whoever edits Invoiced's metadata sends the
# whole map back, so that edit would be one of everything in it: those two are edited in the CRM only.
SHARED = ("phone", "notes", "address2")
PROPERTIES: dict[Name, tuple[str, ...]] = {
    "invoiced": ("attention_to", "address1", "state", *SHARED),
    "crm": ("city", "postal_code", "website", "fax", *SHARED),
}
BIRTHS_IN_A_HUNDRED = 4


class Users:
    """One user a side. What they do follows from the seed; when, from what the systems answer."""

    def __init__(self, installation: Installation, ledger: Ledger, seed: int) -> None:
        self._installation = installation
        self._ledger = ledger
        self._chance = Random(seed)
        self._mark = f"{seed}.{len(ledger.agreed)}"  # other tests of the same stack give other values
        self._done = 0
        self._waiting: dict[Name, deque[Callable[[], None]]] = {system: deque() for system in SYSTEMS}

    def work(self, edits: int) -> None:
        """So many edits on either side, by chance; now and then somebody enters a new organisation."""
        for _ in range(edits):
            self._done += 1
            system = self._chance.choice(SYSTEMS)
            self._waiting[system].append(self._next(system))
            for side in SYSTEMS:
                self._flush(side)

    def finish(self) -> None:
        """Waits until every edit has got through."""
        self._installation.until(
            [], lambda: [system for system in SYSTEMS if not self._flush(system)], seconds=60
        )

    def edit(self, system: Name, name: str, **values: Any) -> None:
        """One certain edit."""
        api, ids = self._installation.api(system), self._ledger.ids[name]
        api.edit(ids[system], **values)
        self._ledger.edited(system, name, values)

    def _next(self, system: Name) -> Callable[[], None]:
        if self._chance.randrange(100) < BIRTHS_IN_A_HUNDRED:
            return partial(self._enter, system, f"{self._mark}.{self._done}")
        name = self._chance.choice(EDITED_NAMES)
        keys = self._chance.sample(PROPERTIES[system], self._chance.choice((1, 1, 2)))
        values = {key: f"{key} {self._mark}.{self._done} {system}"[:35] for key in keys}
        return partial(self.edit, system, name, **values)

    def _enter(self, system: Name, number: str) -> None:
        """A user who saw no answer looks whether the record is there before entering it again."""
        api, name = self._installation.api(system), f"Born {number} in {system}"
        if not api.named(name):
            currency = "EUR" if system == "crm" else "eur"
            api.create(name=name, number=f"B{number}", city="Lund", currency=currency)
        self._ledger.born.append(name)

    def _flush(self, system: Name) -> bool:
        """Does what waits, in order; a system that does not answer keeps the rest waiting."""
        waiting = self._waiting[system]
        while waiting:
            try:
                waiting[0]()
            except httpx.TransportError:
                return False
            waiting.popleft()
        return True
