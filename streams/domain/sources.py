"""What a source does not show: a page nobody can read, and more missing records than may be believed.

Both are listed under a name of their own, `system:entity:?what`, until the source shows it again. Missing records
stand beside the breakers: until a person has approved them, nobody asks for them one by one, and none is deleted.
"""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Unreadable
from streams.domain import breakers, gates
from streams.domain.config import side
from streams.domain.fold import GATES, Fold
from streams.domain.rows import RefRow, direction_to, other, side_of

MISSING, MERGED = "missing", "merged"
READING = ("login", "live", "scan")  # what may fail of a source as a whole, the gravest first
EVENTS = "events"  # what tells of a whole system's records: without it none of them is read
DAY_MS = 86_400_000


def place(system: str, entity: str, what: str | None) -> str:
    """Where it is listed; `record` is one without an id."""
    return f"{system}:{entity}:?{what or 'record'}"


def failing(fold: Fold, system: str, entity: str, *whats: str) -> str:
    """Why it cannot be read or logged in to; empty where it can."""
    rows = (fold.ref(place(system, of, what)) for what in whats for of in (entity, EVENTS))
    return next((row.cause for row in rows if row is not None and row.state == "unreadable"), "")


def unreadable(fold: Fold, body: Unreadable) -> None:
    """Lists it with its cause; an empty cause says that it can be read again."""
    ref = place(body.system, body.entity, body.page)
    row = fold.ref(ref)
    if body.cause:
        known = row or RefRow(ref=ref, state="unreadable")
        if known.state != "unreadable" or not known.cause.startswith(body.cause):
            fold.put_ref(replace(known, state="unreadable", cause=body.cause))
            _note(fold, body, [body.count, ""])
    elif row is not None and row.state == "unreadable":
        fold.put_ref(replace(row, state="gone", cause=""))
        _note(fold, body, None)


def merged(fold: Fold, body: Unreadable) -> None:
    """A record that went up in another one: the flow's policy sees to its counterpart, a person is told."""
    gone = str(body.ref)
    ref = place(body.system, body.entity, f"{MERGED}/{gone.split(':', 2)[2]}")
    link = fold.link_of(gone)
    if link is None or fold.ref(ref) is not None:
        return
    left = side_of(link, other(body.system)).ref
    cause = f"{gone}: {body.cause}; look whether its counterpart {left} has something that the one it went up in lacks"
    fold.put_ref(RefRow(ref=ref, state="review", cause=f"{cause}, then `tandem review separate {ref}`"))


def _note(fold: Fold, body: Unreadable, value: list[Any] | None) -> None:
    if body.page == MISSING:
        name = f"{body.system}|{body.entity}"
        left = {source: known for source, known in fold.tenant.missing.items() if source != name}
        fold.tenant = replace(fold.tenant, missing=left if value is None else {**left, name: value})


def missing(fold: Fold, flow: Flow, direction: str) -> RefRow | None:
    """What stands before the deletes of a direction: told by the source, and not decided yet."""
    system = other(direction.removeprefix("to-"))
    entity = side(flow, system).entity
    row = fold.ref(place(system, entity, MISSING))
    decided = fold.tenant.missing.get(f"{system}|{entity}", [0, ""])[1]
    return row if row is not None and row.state == "unreadable" and not decided else None


def tripped(fold: Fold) -> Iterator[dict[str, Any]]:
    """The same for every flow and direction, as a breaker is listed."""
    for flow in fold.config.flows:
        for direction in GATES:
            row = missing(fold, flow, direction)
            if row is not None:
                count = fold.tenant.missing.get(_source(row), [0])[0]
                yield {
                    "flow": flow.name,
                    "direction": direction,
                    "state": "tripped",
                    "cause": row.cause,
                    "waiting": count,
                    "counts": {"delete": count, "links": breakers.total(fold.tenant, flow.name)},
                    "samples": [],
                }


def _source(row: RefRow) -> str:
    system, entity, _ = row.ref.split(":", 2)
    return f"{system}|{entity}"


def judge(fold: Fold, name: str, direction: str, wanted: str) -> bool:
    """A person has looked: `approve` has them asked for one by one, `reject` leaves all as it is."""
    flow = fold.config.flow(name)
    row = missing(fold, flow, direction)
    if row is None:
        return False
    source = _source(row)
    count = fold.tenant.missing.get(source, [0])[0]
    fold.tenant = replace(fold.tenant, missing={**fold.tenant.missing, source: [count, wanted]})
    told = {"approve": "a person has approved it: they are asked for", "reject": "a person has rejected it"}
    fold.put_ref(replace(row, cause=f"{row.cause}; {told[wanted]}"))
    gates.publish(fold, f"missing|{source}", {"id": fold.event.id, "wanted": wanted})
    if wanted == "approve":
        _grant(fold, source, count)
    return True


def _grant(fold: Fold, source: str, count: int) -> None:
    """What was approved here is not asked about once more when it reaches the other side."""
    system, _, entity = source.partition("|")
    for flow in fold.config.flows:
        if side(flow, system).entity == entity:
            breakers.grant(fold, f"{flow.name}|{direction_to(other(system))}|delete", count, DAY_MS)
