"""What both systems must show in the end, from what their users did and nothing else."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from tests.flow.customer_api import SYSTEMS, Api, Name, Record, show
from tests.flow.installation import Installation

Edits = dict[Name, Any]
SETTLE_S = 90.0


def everyone(api: Api) -> list[Record]:
    """Every customer a system holds, archived ones too."""
    params = {"per_page": "200", "include_deleted": "true"} if api.name == "crm" else {"per_page": "100"}
    page = api.http.get("/customers", params=params).raise_for_status()
    found: list[Record] = page.json()
    while following := page.links.get("next", {}).get("url"):
        page = api.http.get(following).raise_for_status()
        found += page.json()
    return found


def shown(api: Api) -> list[Record]:
    """The same under our names."""
    return [show(api.name, record) for record in everyone(api)]


class Ledger(Struct):
    """The values agreed before, by organisation, and the last value each side's user has given since.

    An organisation is known by its name: names are unique and nobody edits them.
    """

    installation: Installation
    agreed: dict[str, Record] = field(default_factory=dict)
    ids: dict[str, dict[Name, Any]] = field(default_factory=dict)
    last: dict[tuple[str, str], Edits] = field(default_factory=dict)
    born: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, installation: Installation) -> "Ledger":
        """A ledger that begins with what both sides show, which must be the same."""
        installation.settle(seconds=SETTLE_S)
        ledger = cls(installation)
        assert ledger.wrong() == []
        for system in SYSTEMS:
            for record in everyone(installation.api(system)):
                values = show(system, record)
                ledger.agreed[values["name"]] = values
                ids = ledger.ids.setdefault(values["name"], {})
                ids[system] = record[installation.api(system).id_field]
        return ledger

    def check(self, *, rounds: int = 3) -> None:
        """Everything has arrived, nothing is wrong, and so many rounds pass without one write by Tandem."""
        self.installation.settle(seconds=SETTLE_S)
        assert self.wrong() == []
        since = self.installation.marks()
        self.installation.settle(rounds, SETTLE_S)
        assert self.installation.writes(since) == []

    def edited(self, system: Name, name: str, values: Mapping[str, Any]) -> None:
        """A user of one side has given these values."""
        for key, value in values.items():
            self.last.setdefault((name, key), {})[system] = value

    def wrong(self) -> list[str]:
        """Everything that is not as it must be."""
        sides = {system: shown(self.installation.api(system)) for system in SYSTEMS}
        found = [fault for system in SYSTEMS for fault in self._number(system, sides[system])]
        crm = {values["name"]: values for values in sides["crm"]}
        for values in sides["invoiced"]:
            found += self._one(values, crm.get(values["name"], {}))
        return found

    def _number(self, system: Name, side: list[Record]) -> list[str]:
        """Every organisation is there, and once."""
        counted = Counter(values["name"] for values in side)
        wanted = Counter([*self.agreed, *self.born]) if self.agreed else Counter(counted.keys())
        return [
            f"{system} holds {name} {counted[name]} times, not {wanted[name]}"
            for name in sorted(counted.keys() | wanted.keys())
            if counted[name] != wanted[name]
        ]

    def _one(self, invoiced: Record, crm: Record) -> list[str]:
        """Both sides equal, each value the last one of a user, or the old one where nobody edited."""
        name = invoiced["name"]
        found = [
            f"{name}: {key} is {value!r} in Invoiced, {crm.get(key)!r} in the CRM"
            for key, value in invoiced.items()
            if value != crm.get(key)
        ]
        for key, before in self.agreed.get(name, {}).items():
            given = self.last.get((name, key))
            if invoiced[key] not in (given.values() if given else [before]):
                found.append(f"{name}: {key} is {invoiced[key]!r}, users left {given or before!r}")
        return found
