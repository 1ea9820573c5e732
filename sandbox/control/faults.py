"""The planned faults of one simulator: kept, matched against requests, counted."""

import sqlite3
from typing import Any

import msgspec
from starlette.requests import Request

from .fault import Fault
from .store import open_control


class Planned:
    """A fault that has been accepted, and how often it has hit."""

    __slots__ = ("fault", "hits", "id")

    def __init__(self, id: str, fault: Fault, hits: int) -> None:  # noqa: A002 - the contract calls it id
        self.id = id
        self.fault = fault
        self.hits = hits

    def shown(self) -> dict[str, Any]:
        """As listed by GET /_sandbox/faults."""
        return {"id": self.id, **msgspec.to_builtins(self.fault), "hits": self.hits}


class Faults:
    """Faults in the order they were planned; each is used up after `times` hits and stays listed."""

    def __init__(self, db: sqlite3.Connection | None = None) -> None:
        self._planned: dict[str, Planned] = {}
        self.attach(open_control(None) if db is None else db)

    def attach(self, db: sqlite3.Connection) -> None:
        """Takes over what the database holds; called once, by the layer."""
        self._db = db
        for id_, text, hits in db.execute("SELECT id, fault, hits FROM faults ORDER BY number"):
            self._planned[id_] = Planned(id_, msgspec.json.decode(text, type=Fault), hits)

    def add(self, fault: Fault) -> str:
        """Plans a fault; its id names kind and number, so that a log entry can be read by itself."""
        text = msgspec.json.encode(fault).decode()
        number = self._db.execute("INSERT INTO faults (id, fault, hits) VALUES ('', ?, 0)", (text,)).lastrowid
        id_ = f"{fault.kind}-{number}"
        self._db.execute("UPDATE faults SET id = ? WHERE number = ?", (id_, number))
        self._planned[id_] = Planned(id_, fault, 0)
        return id_

    def all(self) -> list[dict[str, Any]]:
        """Every planned fault with its hits."""
        return [planned.shown() for planned in self._planned.values()]

    def remove(self, id_: str | None = None) -> bool:
        """Forgets one fault, or all; false when there is none of that id."""
        if id_ is None:
            self._planned.clear()
            self._db.execute("DELETE FROM faults")
            return True
        self._db.execute("DELETE FROM faults WHERE id = ?", (id_,))
        return self._planned.pop(id_, None) is not None

    def claim(self, kinds: frozenset[str], method: str, path: str, actor: str | None) -> Planned | None:
        """The first fault left for such a request, with this hit counted; `release` takes the hit back."""
        for planned in self._planned.values():
            left = planned.hits < planned.fault.times
            if left and planned.fault.kind in kinds and planned.fault.matches(method, path, actor):
                self._count(planned, 1)
                return planned
        return None

    def every(self, kind: str, method: str, path: str, actor: str | None) -> list[Planned]:
        """All faults of a kind left for such a request, each with this hit counted."""
        found = [
            planned
            for planned in self._planned.values()
            if planned.fault.kind == kind
            and planned.hits < planned.fault.times
            and planned.fault.matches(method, path, actor)
        ]
        for planned in found:
            self._count(planned, 1)
        return found

    def release(self, planned: Planned) -> None:
        """Takes back a claimed hit that had nothing to act on."""
        self._count(planned, -1)

    def take(self, kind: str, request: Request) -> Fault | None:
        """For the application: the fault of this kind to carry out for this request; noted in its log entry."""
        actor = request.scope.get("sandbox.actor")
        planned = self.claim(frozenset({kind}), request.method, request.url.path, actor)
        if planned is None:
            return None
        request.scope.setdefault("sandbox.hit", []).append(planned.id)
        return planned.fault

    def _count(self, planned: Planned, by: int) -> None:
        planned.hits += by
        self._db.execute("UPDATE faults SET hits = ? WHERE id = ?", (planned.hits, planned.id))
