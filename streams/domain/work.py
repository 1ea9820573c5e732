"""Bringing queued work on: a page of a task, never more records than one event may touch."""

from collections.abc import Callable

from msgspec.structs import replace

from streams.domain import barrier, keys, moves, queue, rounds
from streams.domain.commands import launch
from streams.domain.config import side
from streams.domain.fold import Fold
from streams.domain.keys import last_part
from streams.domain.lenses import read_all
from streams.domain.links import converge
from streams.domain.owners import flow_of
from streams.domain.references import entity_of
from streams.domain.rows import Flight, LinkRow, decode_link, side_of, with_side


def run(fold: Fold) -> None:
    """Works the queue until it is empty or the event's share is used up."""
    budget = fold.config.work
    while fold.tenant.queue and budget > 0:
        budget -= max(1, _task(fold, fold.tenant.queue[0], budget))
    if not fold.tenant.queue:
        for flow in fold.config.flows:
            rounds.schedule(fold, flow)


def _task(fold: Fold, task: queue.Task, budget: int) -> int:
    workers: dict[str, Callable[[Fold, queue.Task, int], int]] = {
        "decide": barrier.decide,
        "children": _children,
        "candidates": _candidates,
        "due": _due,
        "list": _listed,
        "turn": _turn,
    }
    return workers.get(task[0], _links)(fold, task, budget)


def _turn(fold: Fold, task: queue.Task, _budget: int) -> int:
    nudge(fold, task[1])
    queue.follow(fold, task, None)
    return 1


def refresh(fold: Fold, row: LinkRow) -> LinkRow:
    """A row written under older flows reads its images anew."""
    flow = fold.flow(row)
    if row.flow_version == flow.version:
        return row
    for system in ("invoiced", "crm"):
        one = side_of(row, system)
        if one.image is not None and not one.gone:
            read = fold.config.flow(one.flow) if one.flow else flow
            row = with_side(row, system, replace(one, seen=read_all(read.properties, system, one.image)))
    return replace(row, flow_version=flow.version)


def _children(fold: Fold, task: queue.Task, budget: int) -> int:
    _, parent, after = task
    found = queue.children_of(fold, parent, after, budget)
    for name in found:
        row = fold.link(name)
        if row is not None:
            converge(fold, row)
        else:
            _weigh_again(fold, name)
    queue.follow(fold, task, ("children", parent, found[-1]) if len(found) >= budget else None)
    return len(found)


def _weigh_again(fold: Fold, ref: str) -> None:
    """An unlinked record whose parent has moved: it is weighed anew, without waiting for another round."""
    row = fold.ref(ref)
    if row is None or row.state != "waiting" or not row.parent or row.flow is None:
        return
    fold.put_ref(replace(row, parent=""))
    decided = {flow: reach for flow, reach in fold.tenant.decided.items() if flow != row.flow}
    fold.tenant = replace(fold.tenant, decided=decided)


def _candidates(fold: Fold, task: queue.Task, budget: int) -> int:
    count = queue.weigh_anew(fold, task[1], budget)
    queue.follow(fold, task, task if count >= budget else None)
    return count


def _listed(fold: Fold, task: queue.Task, budget: int) -> int:
    *parts, after = task[1:]
    start = after.encode() or None
    found = fold.entries("list", *parts, limit=budget, after=start)
    for key in found:
        nudge(fold, last_part(key))
    queue.follow(fold, task, (*task[:-1], found[-1].decode()) if len(found) >= budget else None)
    return len(found)


def _links(fold: Fold, task: queue.Task, budget: int) -> int:
    prefix = keys.link_key(fold.config.tenant, "")
    found = fold.view.scan(prefix, task[1].encode() or None, budget)
    for key, data in found:
        row = fold.link(decode_link(data, key).id)
        if row is not None:
            converge(fold, refresh(fold, row))
    queue.follow(fold, task, ("links", found[-1][0].decode()) if len(found) >= budget else None)
    return len(found)


def nudge(fold: Fold, name: str | None) -> None:
    """Computes one row anew: a link by its id, a record without a flow by its ref."""
    if name is None:
        return
    row = fold.link(name)
    if row is not None:
        converge(fold, row)
        return
    known = fold.ref(name)
    if known is not None and known.state == "no_flow" and known.image is not None:
        system, entity, _ = known.ref.split(":", 2)
        flow = flow_of(fold.config, system, entity, known.image)
        if flow is not None:
            fold.put_ref(
                replace(known, state="waiting", flow=flow.name, since=fold.offset, cause="its flow is new")
            )


def unbound(fold: Fold, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Whoever is parked for a child that has moved or ended is weighed anew. Returns whom children have left."""
    left = frozenset(fold.released())
    for ref in sorted(left - known):
        row = fold.link_of(ref)
        if row is not None and moves.is_parked(row):
            queue.push(fold, ("turn", row.id))
    return left


def due(fold: Fold) -> None:
    """Takes up what the log's own time has made due: retries, and commands without a result for too long."""
    first = fold.entries("due", limit=1)
    if first and int(first[0].split(b"|")[2]) <= fold.now:
        queue.push(fold, ("due",))


def _due(fold: Fold, task: queue.Task, budget: int) -> int:
    found = [key for key in fold.entries("due", limit=budget) if int(key.split(b"|")[2]) <= fold.now]
    for key in found:
        row = fold.link(last_part(key))
        if row is not None:
            converge(fold, _again(fold, row))
    queue.follow(fold, task, task if len(found) >= budget else None)
    return len(found)


def _again(fold: Fold, row: LinkRow) -> LinkRow:
    """A command whose result never came is sent again, with the same id; it looks before it writes."""
    for system in ("invoiced", "crm"):
        one = side_of(row, system)
        if one.flight is not None and one.flight.sent_at + fold.config.again_ms <= fold.now:
            flight = replace(one.flight, again=True, sent_at=fold.now)
            row = launch(fold, row, system, flight, _entity(fold, row, system, flight))
        elif one.flight is None and 0 < one.retry_at <= fold.now:
            row = with_side(row, system, replace(one, retry_at=0))
    return row


def _entity(fold: Fold, row: LinkRow, system: str, flight: Flight) -> str:
    """What a command is about; the record that a create names is the one it is to replace."""
    if flight.ref is not None and flight.verb != "create":
        return entity_of(flight.ref)
    return side(fold.config.flow(row.flow), system).entity
