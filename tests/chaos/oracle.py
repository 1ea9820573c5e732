"""What both systems must show in the end, from what their users did and nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from tests.chaos.sight import Seen, look
from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.family_records import Place
from tests.flow.installation import Installation
from tests.oracle.entities import ALL
from tests.oracle.spelling import canonical

Edits = dict[Name, Any]
Sides = dict[Name, list[Seen]]
SETTLE_S = 90.0


class Ledger(Struct):
    """The values agreed before, by record, and the last value each side's user has given since.

    A record is known by its name: names are unique and nobody edits them. Its flow and its customer are values like
    any other. `former`: what earlier changes of flow have left behind, archived.
    """

    installation: Installation
    agreed: dict[str, Record] = field(default_factory=dict)
    places: dict[str, dict[Name, Place]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    former: set[str] = field(default_factory=set)
    last: dict[tuple[str, str], Edits] = field(default_factory=dict)
    born: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, installation: Installation) -> "Ledger":
        """A ledger that begins with what both sides show, which must be the same."""
        installation.settle(seconds=SETTLE_S)
        ledger, sides, links = cls(installation), look(installation), _links(installation)
        ledger.former = {one.ref for side in sides.values() for one in side if not one.in_use}
        wrong = ledger.differing(sides, links)
        assert wrong == [], "\n".join(wrong)
        for system in SYSTEMS:
            for one in sides[system]:
                if one.in_use:
                    ledger.agreed[one.name] = one.values
                    ledger.places.setdefault(one.name, {})[system] = one.place
                    ledger.links[one.name] = links[one.ref]["link_id"]
        return ledger

    def check(self, *, rounds: int = 3) -> None:
        """Everything has arrived, nothing is wrong, and so many rounds pass without one write by Tandem."""
        self.installation.settle(seconds=SETTLE_S)
        wrong = self.wrong()
        assert wrong == [], "\n".join(wrong)
        since = self.installation.marks()
        self.installation.settle(rounds, SETTLE_S)
        assert self.installation.writes(since) == []

    def edited(self, system: Name, name: str, values: Mapping[str, Any]) -> None:
        """A user of one side has given these values."""
        entity = ALL[self.agreed[name]["flow"]]
        for key, value in values.items():
            wanted = next((one for one in entity.properties if one.name == key), None)
            self.last.setdefault((name, key), {})[system] = canonical(wanted, value) if wanted else value

    def wrong(self) -> list[str]:
        """Everything that is not as it must be."""
        return self.differing(look(self.installation), _links(self.installation))

    def differing(self, sides: Sides, links: Mapping[str, Record]) -> list[str]:
        """The same, of what was seen."""
        found = [fault for system in SYSTEMS for fault in self._number(system, sides[system])]
        crm = {one.name: one for one in sides["crm"] if one.in_use}
        for one in sides["invoiced"]:
            if one.in_use and one.name in crm:
                found += self._values(one.values, crm[one.name].values)
                found += self._link(one, crm[one.name], links)
        return found

    def _number(self, system: Name, side: list[Seen]) -> Iterator[str]:
        """Everything is there, and once; archived is only what a change of flow has replaced."""
        counted = Counter(one.name for one in side if one.in_use)
        wanted = Counter([*self.agreed, *self.born]) if self.agreed else Counter(counted.keys())
        for name in sorted(counted.keys() | wanted.keys()):
            if counted[name] != wanted[name]:
                yield f"{system} holds {name} {counted[name]} times, not {wanted[name]}"
        for one in side:
            if not one.in_use and one.ref not in self.former and (one.name, "flow") not in self.last:
                yield f"{system} holds {one.ref} ({one.name}) out of use"

    def _values(self, invoiced: Record, crm: Record) -> Iterator[str]:
        """Both sides equal, each value the last one of a user, or the old one where nobody edited."""
        name = invoiced["name"]
        for key in sorted(invoiced.keys() | crm.keys()):
            if invoiced.get(key) != crm.get(key):
                yield f"{name}: {key} is {invoiced.get(key)!r} in Invoiced, {crm.get(key)!r} in the CRM"
        for key, before in self.agreed.get(name, {}).items():
            given = self.last.get((name, key))
            if key in invoiced and invoiced[key] not in (given.values() if given else [before]):
                yield f"{name}: {key} is {invoiced[key]!r}, users left {given or before!r}"

    def _link(self, invoiced: Seen, crm: Seen, links: Mapping[str, Record]) -> Iterator[str]:
        """They are linked, by the link that has always been theirs."""
        link = links.get(invoiced.ref, {})
        told = link.get("crm"), link.get("state"), link.get("flow")
        if told != (crm.ref, "linked", invoiced.values["flow"]):
            yield f"{invoiced.name}: {invoiced.ref} and {crm.ref} stand in {link}"
        if link.get("link_id") != self.links.get(invoiced.name, link.get("link_id")):
            yield f"{invoiced.name}: its link is {link}, it was {self.links[invoiced.name]}"


def _links(installation: Installation) -> dict[str, Record]:
    """Every link by its Invoiced and by its CRM record."""
    every = installation.every("links")
    return {str(one[system]): one for one in every for system in SYSTEMS if one[system]}
