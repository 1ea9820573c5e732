"""Faults planned for a story's steps, and which of them were met, by the systems' own logs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import simplejson
from msgspec import Struct, field

from tests.flow.customer_api import SYSTEMS, Api, Name, Record, other
from tests.flow.installation import Installation
from tests.oracle.acting import Telling
from tests.oracle.coverage import Cell, reachable
from tests.oracle.entities import ALL, Entity
from tests.oracle.steps import Act, Fault
from tests.oracle.things import Thing

WRITES = "POST|PATCH|DELETE"
LATE_MS = 800
CONDITIONS: Mapping[Fault, Record] = {
    "lose_response": {"method": WRITES},
    "throttle": {"method": WRITES, "retry_after": 0},
    "error": {"method": WRITES, "status": 500},
    "delay": {"method": WRITES, "delay_ms": 600},
    "bad_json": {"method": "POST|PATCH"},
    "normalise": {"method": "POST|PATCH", "how": "upper"},
    "stale_read": {"method": "GET", "times": 2},
    "duplicate_event": {"method": WRITES},
    "late_event": {"method": WRITES, "delay_ms": LATE_MS},
}
MAKING = ("create", "flow", "refer", "restore", "price")  # may end as a new record


class Planned(Struct, frozen=True):
    """A fault in one system, and the cell it was planned for."""

    system: Name
    id: str
    cell: Cell
    token: str


class Faults(Struct):
    """The faults of one chapter of all stories."""

    installation: Installation
    planned: list[Planned] = field(default_factory=list)

    def plan(self, kind: Fault, act: Act, telling: Telling) -> None:
        """Plans a fault for what an act leads to."""
        thing = telling.things.get(act.thing)
        if thing is None and act.operation != "create":
            return  # a shortened story: there is nothing to be done to it
        entity = thing.entity if thing is not None else telling.entities[act.entity]
        target = telling.entities[act.entity] if act.entity else entity
        for system in _where(kind, act):
            condition = {"kind": kind, "times": 1, **CONDITIONS[kind]}
            condition["path"] = _path(system, entity, target, act, thing, kind, _below(act, thing, telling))
            condition["actor"] = _actor(kind, act)
            if kind == "normalise":
                condition["field"] = entity.property(entity.tidied).on(system)
            answer = self.installation.api(system).http.post("/_sandbox/faults", json=condition)
            cell = Cell(entity.name, act.operation, kind)
            self.planned.append(Planned(system, answer.raise_for_status().json()["id"], cell, telling.token))

    def met(self, log: Mapping[Name, Sequence[Record]], things: Mapping[str, Thing]) -> Iterator[Cell]:
        """The cells whose faults were met, by all requests of the chapter; a create may have met another story's."""
        known = {(one.system, one.id): one for one in self.planned}
        for system in SYSTEMS:
            for entry in log[system]:
                for fault in (entry["fault"] or "").split(","):
                    if found := known.get((system, fault)):
                        yield _cell(found, entry, things)

    def clear(self) -> None:
        """Forgets what was not met."""
        self.planned.clear()
        for system in SYSTEMS:
            http = self.installation.api(system).http
            http.post("/_sandbox/reset", json={"what": ["faults"]}).raise_for_status()


def everything(api: Api, after: int) -> Iterator[Record]:
    """All requests of anybody since a mark."""
    while True:
        answer = api.http.get("/_sandbox/requests", params={"after": str(after), "limit": "5000"})
        page = answer.raise_for_status().json()
        if not page["requests"]:
            return
        yield from page["requests"]
        after = int(page["next"])


def _where(kind: Fault, act: Act) -> tuple[Name, ...]:
    """Events are Invoiced's; what is written is the other side, or either where both are edited."""
    if kind in {"duplicate_event", "late_event"}:
        return ("invoiced",)
    return SYSTEMS if act.operation in {"conflict", "apart"} else (other(act.side),)


def _actor(kind: Fault, act: Act) -> str:
    """Whose request is to meet it: of an event that of whoever writes in Invoiced."""
    by_user = act.side == "invoiced" or act.operation in {"conflict", "apart"}
    return "user" if kind in {"duplicate_event", "late_event"} and by_user else "tandem"


def _below(act: Act, thing: Thing | None, telling: Telling) -> str:
    """The id of the customer below which a new record will stand in Invoiced, as far as it is known."""
    parent = telling.things.get(act.parent or (thing.parent if thing is not None else None) or "")
    known = parent.ids.get("invoiced") if parent is not None else None
    return r"\d+" if known is None else str(known)


def _path(
    system: Name, entity: Entity, target: Entity, act: Act, thing: Thing | None, kind: Fault, below: str
) -> str:
    found = []
    if kind != "stale_read" and act.operation in MAKING:
        found += [_shelf(target.end(system), below)]
    record_id = thing.ids.get(system) if thing is not None else None
    if record_id is not None:
        found.append(f"^{_shelf(entity.end(system))[1:-1]}/{re.escape(str(record_id))}$")
    return "|".join(found) or _shelf(target.end(system), below)


def _shelf(end: Any, below: str = r"\d+") -> str:
    return rf"^/customers/{below}/contacts$" if end.below else f"^/{end.shelf}$"


def _cell(found: Planned, entry: Record, things: Mapping[str, Thing]) -> Cell:
    """The thing that was met is the one whose name the request carries."""
    text = simplejson.dumps(entry["body"] or {})
    for word in re.findall(r"\bQ[0-9A-Z]+\b", text):
        thing = things.get(word)
        if thing is None or not thing.acts:
            continue
        cell = Cell(thing.entity.name, thing.acts[0], found.cell.fault)
        return (
            cell
            if found.cell.operation != thing.acts[0]
            and reachable(ALL[cell.entity], cell.operation, cell.fault)
            else found.cell
        )
    return found.cell
