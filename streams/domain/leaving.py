"""The end of a record whose place another has taken: archived or deleted by us, once what is edited on it is kept.

Its own end says nothing of the link. It is looked at until it has ended: an edit made meanwhile is an edit of its
side. What will not end is listed as refused, and left as it is.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.records import Change, Result
from streams.domain import breakers, commands, holds
from streams.domain.entering import enter
from streams.domain.fold import Fold
from streams.domain.lenses import names, put, read_all
from streams.domain.observe import archive_property, in_use
from streams.domain.references import entity_of
from streams.domain.rows import Flight, Leaving, LinkRow, RefRow, side_of, with_side

KEPT = "@former"  # among a side's refused values: a record that would not end


def end(fold: Fold, row: LinkRow, system: str) -> LinkRow:
    """Sends its end, if its system lets us now."""
    side = side_of(row, system)
    leaving = side.leaving
    if leaving is None or side.flight is not None or side.retry_at > fold.now:
        return row
    flow = fold.config.flow(leaving.flow)
    prop = archive_property(flow)
    if prop is None or not in_use(flow, system, leaving.image):
        return with_side(row, system, replace(side, leaving=None))
    why = holds.closed(fold, row, system)
    if not why:
        row, why = breakers.admit(fold, row, system, "delete")
    if why:
        return holds.held(row, system, why)
    row = holds.opened(row, system)
    values = put(prop, system, False, leaving.image)
    every = [name for one in flow.properties for name in names(one, system)]
    expected = {name: leaving.image.get(name) for name in values or every}
    made = commands.flight(fold, row, system, "update" if values else "delete", values, expected, {}, None)
    made = replace(made, ref=leaving.ref, again=leaving.again, version=leaving.version)
    return commands.launch(fold, row, system, made, entity_of(leaving.ref))


def answered(fold: Fold, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """What came of its end: done, or an edit met on it, or tried once more."""
    system = result.system
    side = replace(side_of(row, system), flight=None)
    leaving = side.leaving
    row = with_side(row, system, side)
    if leaving is None or leaving.ref != flight.ref:
        return row
    if result.image is not None:
        row = _edited(fold, row, system, result.image, _between(fold, leaving, result))
        side = side_of(row, system)
        leaving = replace(side.leaving or leaving, image=dict(result.image))
    if result.outcome in {"done", "gone"}:
        known = fold.ref(leaving.ref)
        if known is not None:
            fold.put_ref(replace(known, read_at=result.read_at))
        side = replace(side, leaving=None)
    elif result.outcome in {"refused", "unsupported"}:
        why = result.message or "; ".join(result.refused.values()) or result.outcome
        side = replace(side, leaving=None, refused={**side.refused, KEPT: [leaving.ref, why]})
    else:
        again = leaving.again or result.outcome == "retry_at"
        later = max(result.retry_at or 0, fold.now + 1_000) if result.outcome != "stale" else 0
        side = replace(side, leaving=replace(leaving, again=again), retry_at=later)
    return with_side(row, system, side)


def _between(fold: Fold, leaving: Leaving, result: Result) -> tuple[int, int]:
    """When what an answer shows of it was edited: its stamp is that of the end, if it has ended."""
    at = result.updated_at if result.updated_at is not None else result.read_at
    last_seen = leaving.version + fold.tenant.skews.get(result.system, 0)
    return (at if result.outcome == "stale" else min(at, last_seen)), at


def _edited(
    fold: Fold, row: LinkRow, system: str, image: Mapping[str, Any], times: tuple[int, int]
) -> LinkRow:
    leaving = side_of(row, system).leaving
    if leaving is None:
        return row
    flow = fold.config.flow(leaving.flow)
    before = read_all(flow.properties, system, leaving.image)
    after = read_all(flow.properties, system, image)
    return enter(fold.config.flow(row.flow), row, system, before, after, times)


def seen(fold: Fold, known: RefRow, row: LinkRow, body: Change) -> LinkRow | None:
    """The row after one more sight of it; None where it is leaving no more."""
    system = body.source.system
    side = side_of(row, system)
    leaving = side.leaving
    if leaving is None or leaving.ref != known.ref or body.version <= leaving.version:
        return None
    fold.put_ref(replace(known, version=body.version))
    image = dict(body.after or {})
    if body.op == "d":
        return with_side(row, system, replace(side, leaving=None))
    at = body.source.updated_at if body.source.updated_at is not None else body.source.read_at
    row = _edited(fold, row, system, image, (at, at))
    side = side_of(row, system)
    leaving = replace(side.leaving or leaving, image=image, version=body.version)
    return with_side(row, system, replace(side, leaving=leaving))
