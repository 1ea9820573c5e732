"""Two API models for the simulator: records, stamps, versions, events, and what real APIs do to a value."""

from collections.abc import Callable
from typing import Any

from connectors.lines import Listed
from connectors.source import Seen, SourceEvent
from tests.property.entities import FIXED, LISTED, XREF, below, blank, filled

__all__ = ["XREF", "Api", "Duplicate", "Normalise", "Rejected", "how", "normalising"]

Normalise = Callable[[str, Any], Any]


class Rejected(Exception):  # noqa: N818  # it is the API's answer
    """The API's own no: the field, if it names one, and why."""

    def __init__(self, name: str | None, message: str) -> None:
        super().__init__(message)
        self.name = name


class Duplicate(Exception):  # noqa: N818  # it is the API's answer
    """409: another record has this cross-reference."""

    def __init__(self, existing: str) -> None:
        super().__init__(existing)
        self.existing = existing


class Api:
    """One system: its records by id, its events, and every request Tandem made to write."""

    def __init__(self, system: str) -> None:
        self.system = system
        self.records: dict[str, dict[str, Any]] = {}
        self.kinds: dict[str, str] = {}
        self.stamps: dict[str, int] = {}
        self.versions: dict[str, int] = {}
        self.past: dict[str, Seen] = {}
        self.events: list[SourceEvent] = []
        self.born: list[tuple[str, str]] = []  # link → record, of our own creates
        self.writes: list[tuple[str, str, dict[str, Any]]] = []
        self.normalise: Normalise = lambda _name, value: value
        self.refuse: Callable[[str, Any], bool] = lambda _name, _value: False
        self.refuse_all = False
        self.deletable = True
        self.unique_xref = system == "crm"
        self.fills = True
        self.clock_ms = 0
        self.serial = 0

    def __repr__(self) -> str:
        return f"<{self.system} with {len(self.records)} records>"

    def ref(self, name: str) -> str:
        return f"{self.system}:{self.kind(name)}:{name}"

    def kind(self, name: str) -> str:
        """A record's entity."""
        return self.kinds.get(name, "customer")

    def name(self, ref: str) -> str:
        return ref.split(":", 2)[2]

    def image(self, name: str) -> dict[str, Any]:
        record = dict(self.records[name])
        return record if self.system == "invoiced" else {**record, "Version": self.versions[name]}

    def seen(self, name: str, asked_at: int) -> Seen:
        return Seen(self.ref(name), self.image(name), asked_at, self.stamps[name])

    # what anybody may do

    def create(
        self, now: int, values: dict[str, Any], *, ours: bool = False, entity: str = "customer"
    ) -> str:
        self._check(values)
        self._single(values.get(XREF[self.system]), "", entity)
        name = self._new_name(entity, values)
        self.kinds[name] = entity
        record = {**blank(self.system, entity), **self._kept(self._listed(entity, {}, values))}
        self.records[name] = filled(self.system, entity, name, record) if self.fills else record
        if ours:
            self.writes.append(("create", name, values))
        self._touch(name, now, "created", {})
        return name

    def _new_name(self, entity: str, values: dict[str, Any]) -> str:
        self.serial += 1
        if self.system == "crm":
            return f"c{self.serial}"
        if entity == "contact" and str(values.get("customer")) not in self.records:
            raise Rejected("customer", "there is no such customer")
        name = str(values.get("id") or self.serial)
        if name in self.records:
            raise Rejected("id", "it is taken")
        return name

    def patch(self, now: int, name: str, values: dict[str, Any], *, ours: bool = False) -> None:
        self._check(values)
        self._single(values.get(XREF[self.system]), name, self.kind(name))
        record = self.records[name]
        fixed = FIXED.get((self.system, self.kind(name)))
        if fixed in values and values[fixed] != record[fixed]:
            raise Rejected(fixed, "it cannot be changed")
        if ours:
            self.writes.append(("update", name, values))
        values = self._listed(self.kind(name), record, values)
        new = {key: value for key, value in self._kept(values).items() if record.get(key) != value}
        if new:
            previous = {key: record.get(key) for key in new}
            before = self.seen(name, 0)
            self.records[name] = {**record, **new}
            self._touch(name, now, "updated", previous)
            if self.stamps[name] != before.updated_at:  # within one stamp nobody could tell it is older
                self.past[name] = before

    def clone(self, now: int, name: str) -> str:
        """A user's copy of a record, with its cross-reference where the system lets two records have one."""
        values = {**self.records[name]}
        if self.unique_xref:
            values[XREF[self.system]] = None
        return self.create(now, values, entity=self.kind(name))

    def destroy(self, name: str) -> None:
        """The record is gone with all that lives below it: from now on 404."""
        del self.records[name]
        key = below(self.kind(name), name) if self.system == "invoiced" else None
        for one in [one for one, record in self.records.items() if key and record.get(key[0]) == key[1]]:
            if self.kind(one) == "contact":
                self.destroy(one)

    def remove(self, now: int, name: str) -> None:
        """Our DELETE: final in Invoiced, a mark in the CRM."""
        if not self.deletable:
            raise Rejected(None, "it has transactions")
        self.writes.append(("delete", name, {}))
        if self.system == "invoiced":
            self.destroy(name)
            return
        previous, before = {"IsDeleted": self.records[name]["IsDeleted"]}, self.seen(name, 0)
        self.records[name] = {**self.records[name], "IsDeleted": True}
        self._touch(name, now, "updated", previous)
        self.past[name] = before

    def _listed(self, entity: str, record: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """A list of lines is the new full set: an id names a line that is there, none a new one, and the rest is gone."""
        listed = LISTED.get((self.system, entity))
        if listed is None or listed.name not in values:
            return values
        there = {one[listed.number]: one for one in record.get(listed.name) or []}
        return {**values, listed.name: [self._line(listed, there, one) for one in values[listed.name]]}

    def _line(self, listed: Listed, there: dict[Any, dict[str, Any]], one: dict[str, Any]) -> dict[str, Any]:
        number = one.get(listed.number)
        kept = {name: self.normalise(f"{listed.name}.{name}", value) for name, value in one.items()}
        if number is None:
            self.serial += 1
            made = self.serial if self.system == "invoiced" else f"l{self.serial}"
            return {listed.number: made, **kept}
        if number not in there:
            raise Rejected(listed.name, f"no line {number} is there")
        return {**there[number], **kept}

    # how the API is

    def _kept(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self.normalise(name, value) for name, value in values.items()}

    def _check(self, values: dict[str, Any]) -> None:
        if self.refuse_all:
            raise Rejected(None, "not this record")
        for name, value in values.items():
            if self.refuse(name, value):
                raise Rejected(name, "not this value")

    def _single(self, xref: Any, owner: str, entity: str) -> None:
        if xref is None or not self.unique_xref:
            return
        for name, record in self.records.items():
            if record["ExternalId"] == xref and name != owner and self.kind(name) == entity:
                raise Duplicate(name)

    def _touch(self, name: str, now: int, kind: Any, previous: dict[str, Any]) -> None:
        at = now + self.clock_ms
        self.stamps[name] = at // 1000 * 1000 if self.system == "invoiced" else at
        self.versions[name] = self.versions.get(name, 0) + 1
        if (self.system, self.kind(name)) == ("invoiced", "item"):
            return  # of items Invoiced tells no events
        event = SourceEvent(len(self.events), kind, self.ref(name), at, self.image(name), previous)
        self.events.append(event)


def _rounded(value: str, digits: str) -> str:
    return f"{round(float(value), int(digits)):g}" if value.replace(".", "").isdigit() else value


HOW: dict[str, Callable[[str, str], Any]] = {
    "": lambda value, _: value,
    "trim": lambda value, _: value.strip(),
    "upper": lambda value, _: value.upper(),
    "truncate": lambda value, size: value[: int(size)],
    "round": _rounded,
    "drop": lambda _value, _: None,
}


def how(rule: str) -> Callable[[Any], Any]:
    """What a fault's `how` does to a text: trim, upper, truncate:N, drop, and to a number in it: round:N."""
    kind, _, size = rule.partition(":")
    return lambda value: HOW[kind](value, size) if isinstance(value, str) else value


def normalising(**rules: str) -> Normalise:
    """An API that keeps named fields in its own way; a dot in a name is written as two underscores."""
    changes = {name.replace("__", "."): how(rule) for name, rule in rules.items()}
    return lambda name, value: changes[name](value) if name in changes else value
