"""Two API models for the simulator: records, stamps, versions, and what real APIs do to a value."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Normalise = Callable[[str, Any], Any]

FIELDS = {
    "invoiced": ("name", "number", "email", "phone", "city", "notes", "currency", "parent_customer"),
    "crm": ("Name", "CustomerNumber", "Email", "Phone", "City", "Description", "Currency", "ParentId"),
}


class Rejected(Exception):  # noqa: N818  # it is the API's answer
    """The API's own no: the field and why."""

    def __init__(self, name: str | None, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass
class Api:
    """One system: its records by id, and every request Tandem made to write."""

    system: str
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    stamps: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    normalise: Normalise = lambda _name, value: value
    refuse: Callable[[str, Any], bool] = lambda _name, _value: False
    writes: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    serial: int = 0

    def blank(self) -> dict[str, Any]:
        empty: dict[str, Any] = dict.fromkeys(FIELDS[self.system])
        if self.system == "invoiced":
            return {**empty, "type": "company", "active": True, "metadata.crm_id": None}
        return {**empty, "IsActive": True, "IsDeleted": False, "ExternalId": None}

    def ref(self, name: str) -> str:
        return f"{self.system}:customer:{name}"

    def _kept(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self.normalise(name, value) for name, value in values.items()}

    def create(self, now: int, values: dict[str, Any], *, ours: bool = False) -> str:
        self._check(values)
        self.serial += 1
        name = str(self.serial)
        self.records[name] = {**self.blank(), **self._kept(values)}
        if self.system == "invoiced" and self.records[name]["number"] is None:
            self.records[name]["number"] = f"CUST-{name}"
        self._touch(name, now)
        if ours:
            self.writes.append(("create", name, values))
        return name

    def patch(self, now: int, name: str, values: dict[str, Any], *, ours: bool = False) -> None:
        self._check(values)
        if ours:
            self.writes.append(("update", name, values))
        kept = self._kept(values)
        if any(self.records[name].get(key) != value for key, value in kept.items()):
            self.records[name].update(kept)
            self._touch(name, now)

    def delete(self, now: int, name: str) -> None:
        if self.system == "crm":
            self.patch(now, name, {"IsDeleted": True})
        else:
            self.patch(now, name, {"active": False})

    def _check(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            if self.refuse(name, value):
                raise Rejected(name, "not this value")

    def _touch(self, name: str, now: int) -> None:
        stamp = now // 1000 * 1000 if self.system == "invoiced" else now
        self.stamps[name] = max(stamp, self.stamps.get(name, 0))
        self.versions[name] = self.versions.get(name, 0) + 1
