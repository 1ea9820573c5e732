"""Rounds and positions: when the log itself proves that both sides have been read after a record stood in it.

A round counts once intake's positions have reached the log ends it named: log order decides, no clock.
"""

from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Position, RoundBegun, RoundPassed
from streams.domain import keys, queue
from streams.domain.fold import Fold

KEPT = 20


def _name(system: str, entity: str) -> str:
    return f"{system}|{entity}"


def begun(fold: Fold, body: RoundBegun) -> None:
    """Notes where a round begins. Older unfinished ones of the same kind and source are forgotten."""
    if body.id in fold.tenant.begun or body.id in fold.tenant.over:
        return  # told twice: it began where it was told first
    name = _name(body.system, body.entity)
    kept = {
        k: v
        for k, v in fold.tenant.begun.items()
        if [v[0], v[3]] != [name, body.scan] or k in fold.tenant.pending
    }
    kept[body.id] = [name, fold.offset, fold.now, body.scan]
    fold.tenant = replace(fold.tenant, begun=kept)


def passed(fold: Fold, body: RoundPassed) -> None:
    """A round is over for its connector; it counts once intake is past its ends."""
    if body.begun not in fold.tenant.begun:
        return
    ends = [[end.topic_id, end.partition, end.offset] for end in body.ends]
    waiting: dict[str, list[Any]] = dict(fold.tenant.pending)
    waiting[body.begun] = [ends, body.complete, body.published]
    skews = {**fold.tenant.skews, body.system: body.skew_ms}
    fold.tenant = replace(fold.tenant, pending=waiting, skews=skews)
    count(fold)


def position(fold: Fold, body: Position) -> None:
    """Intake has forwarded everything of this partition below `next_offset`."""
    name = f"{body.topic_id}/{body.partition}"
    if body.next_offset <= fold.tenant.positions.get(name, -1):
        return
    positions = {
        **fold.tenant.positions,
        name: body.next_offset,
        f"{body.topic}/{body.partition}": body.next_offset,
    }
    fold.tenant = replace(fold.tenant, positions=positions)
    count(fold)


def reached(fold: Fold, ends: list[list[Any]]) -> bool:
    found = fold.tenant.positions
    return all(end == 0 or found.get(f"{topic}/{part}", 0) >= end for topic, part, end in ends)


def count(fold: Fold) -> None:
    """Lets every pending round count whose ends are reached; then what waits for rounds may be decided."""
    for name in [name for name, (ends, _, _) in fold.tenant.pending.items() if reached(fold, ends)]:
        _count_one(fold, name)
    for flow in fold.config.flows:
        schedule(fold, flow)


def _count_one(fold: Fold, name: str) -> None:
    tenant = fold.tenant
    source, offset, at, scan = tenant.begun[name]
    _, complete, published = tenant.pending[name]
    history = [*tenant.passed.get(source, []), [offset, published]][-KEPT:]
    whole = tuple(sorted({*tenant.complete, source})) if complete else tenant.complete
    back = tenant.catching_up
    if back is not None and scan and -1 < back.told < offset:
        back = replace(back, scanned=tuple(sorted({*back.scanned, source})))
    fold.tenant = replace(
        tenant,
        catching_up=back,
        begun={k: v for k, v in tenant.begun.items() if k != name},
        pending={k: v for k, v in tenant.pending.items() if k != name},
        passed={**tenant.passed, source: history},
        complete=whole,
        over=(*tenant.over, name)[-5 * KEPT :],
        rounds={**tenant.rounds, source: tenant.rounds.get(source, 0) + 1},
        polls={**tenant.polls, source: at},
        scans={**tenant.scans, source: at} if scan else tenant.scans,
    )


def horizon(fold: Fold, flow: Flow) -> int:
    """Records that stand in the log before this offset may be joined or created; -1 before both backfills."""
    sources = [_name(system, entity) for system, entities in flow.barrier.items() for entity in entities]
    if not all(source in fold.tenant.complete for source in sources):
        return -1
    return min(max(int(offset) for offset, _ in fold.tenant.passed[source]) for source in sources)


def schedule(fold: Fold, flow: Flow) -> None:
    """Queues the deciding of what waits behind the barrier, if the barrier has moved and anything waits.

    Once for each place the barrier moves to: who waits after that, waits for what only a later round can show.
    """
    reach = horizon(fold, flow)
    if fold.tenant.catching_up is not None or reach <= fold.tenant.decided.get(flow.name, -1):
        return
    if any(task[0] == "decide" and task[1] == flow.name for task in fold.tenant.queue):
        return
    fold.tenant = replace(fold.tenant, decided={**fold.tenant.decided, flow.name: reach})
    first = fold.entries("barrier", flow.name, limit=1)
    if first and since(first[0]) < reach:
        queue.push(fold, ("decide", flow.name, reach, -1, ""))


def since(key: bytes) -> int:
    """The offset in a barrier entry: `tenant|x:barrier|flow|offset|ref`."""
    return int(key.split(b"|")[3])


def waiting(fold: Fold, flow: str, reach: int, after: str, limit: int) -> list[bytes]:
    """Barrier entries below the horizon, a page of them."""
    start = after.encode() or None
    found = fold.entries("barrier", flow, limit=limit, after=start)
    return [key for key in found if since(key) < reach][:limit]


def ref_in(key: bytes) -> str:
    return keys.last_part(key)
