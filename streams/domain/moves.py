"""Replacing a side's record: the link stays, a new record takes the place, the one before it leaves.

| what turns | the side that must be another record |
|---|---|
| one record now belongs to another flow (company or person; a contact of somebody or of nobody) | its counterpart, if that flow keeps it elsewhere |
| its parent is another one, and the destination cannot move it | the one there |

Until the new record is answered for, the old one keeps its place and its edits count; what stood in the create is
not decided meanwhile. Nothing begins where a child would be left without a parent it must have.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from streams.domain import breakers, commands, entering, forms, holds, queue
from streams.domain.config import side as flow_side
from streams.domain.fold import Fold
from streams.domain.index import SYSTEMS, creating
from streams.domain.keys import last_part
from streams.domain.lenses import read_all
from streams.domain.observe import archive_property
from streams.domain.owners import flow_of
from streams.domain.references import entity_of
from streams.domain.rows import Leaving, LinkRow, Side, Stuck, other, side_of, with_side

TURN = "@flow"  # in a parked wish, or among refused values: the flow a record may not turn to
DIFFERENT = "its records now belong to different flows"
SHOWN = 5


def turned(fold: Fold, row: LinkRow) -> LinkRow:
    """The row under the flow its records call for now; parked, if that would leave a child without its parent."""
    if any(side_of(row, system).flight is not None for system in SYSTEMS):
        return row  # what is under way ends first
    if any(creating(fold.config.flow(row.flow), system, side_of(row, system)) for system in SYSTEMS):
        return row  # as does what may have been made, and carries no name of ours
    calls = {system: _calls(fold, row, system) for system in SYSTEMS}
    news = {name for name in calls.values() if name is not None and name != row.flow}
    if len(news) > 1:
        told = " and ".join(f"{side_of(row, system).ref} to {name}" for system, name in calls.items())
        return replace(row, review=f"{DIFFERENT}: {told}")
    flow = fold.config.flow(news.pop() if news else row.flow)
    left = [] if flow.name == row.flow else _left(fold, row, flow)
    return _park(fold, row, flow, left) if left else _under(fold, _unparked(row), flow)


def _calls(fold: Fold, row: LinkRow, system: str) -> str | None:
    """The flow that takes this side's record; None where its entity is of one flow only, and so has no say."""
    side = side_of(row, system)
    if side.ref is None or side.gone or side.flow or side.image is None:
        return None
    entity = entity_of(side.ref)
    if sum(flow_side(flow, system).entity == entity for flow in fold.config.flows) < 2:
        return None
    flow = flow_of(fold.config, system, entity, side.image)
    return flow.name if flow is not None else None


def _unparked(row: LinkRow) -> LinkRow:
    for system in SYSTEMS:
        side = side_of(row, system)
        if side.stuck is not None and TURN in side.stuck.wish:
            row = with_side(row, system, replace(side, stuck=None))
    return row


def is_parked(row: LinkRow) -> bool:
    """Whether a record waits, parked, for its children to be elsewhere."""
    stuck = [side_of(row, system).stuck for system in SYSTEMS]
    return any(one is not None and TURN in one.wish for one in stuck)


def _under(fold: Fold, row: LinkRow, flow: Flow) -> LinkRow:
    """The row under a flow: a record that this flow keeps elsewhere is to be replaced, and is read as what it is."""
    before = row
    for system in SYSTEMS:
        side = side_of(row, system)
        elsewhere = _elsewhere(flow, row, system)
        kept = (side.flow or row.flow) if elsewhere else ""
        if elsewhere and kept == flow.name and side.ref is not None:
            owner = flow_of(fold.config, system, entity_of(side.ref), side.image or {})
            kept = owner.name if owner is not None else ""
        if kept != side.flow or flow.name != before.flow:
            read = fold.config.flow(kept or flow.name)
            seen = (
                read_all(read.properties, system, side.image) if side.image and not side.gone else side.seen
            )
            row = with_side(row, system, replace(side, flow=kept, seen=seen))
    if flow.name == before.flow:
        return row
    for system in SYSTEMS:
        known = fold.ref(str(side_of(row, system).ref))
        if known is not None and known.state == "linked":
            fold.put_ref(replace(known, flow=flow.name))
    return replace(row, flow=flow.name, flow_version=flow.version)


def _left(fold: Fold, row: LinkRow, flow: Flow) -> list[str]:
    """Children that must have a parent of the kind this one would be no more."""
    found: list[str] = []
    for system in SYSTEMS:
        ref = side_of(row, system).ref
        for key in fold.entries("bound", str(ref), limit=SHOWN) if ref is not None else []:
            found += _names(fold, last_part(key), flow)
    return list(dict.fromkeys(found))


def _names(fold: Fold, name: str, flow: Flow) -> list[str]:
    """A child's refs, if what it must have for a parent is a record of another flow. One that has ended needs none."""
    link, alone = fold.link(name), fold.ref(name)
    if link is not None and (link.retired or link.invoiced.gone or link.crm.gone):
        return []
    child = link.flow if link is not None else alone.flow if alone is not None else None
    needs = (
        [to for prop in fold.config.flow(child).properties if prop.required for to in prop.targets()]
        if child
        else []
    )
    if not needs or flow.name in needs:
        return []
    return [ref for ref in (link.invoiced.ref, link.crm.ref) if ref] if link is not None else [name]


def _park(fold: Fold, row: LinkRow, flow: Flow, left: list[str]) -> LinkRow:
    """The side that would have to be replaced is parked, whole."""
    far = next((s for s in SYSTEMS if _elsewhere(flow, row, s)), None)
    side = side_of(row, far) if far is not None else Side()
    if far is None or side.refused.get(TURN, [None])[0] == flow.name:
        return row  # nothing need be replaced, or a person has given it up
    message = (
        f"it would become a {flow.name}, and {', '.join(left)} could no longer name it as their parent: "
        "move or delete them, and it goes on by itself"
    )
    first = side.stuck.first_at if side.stuck is not None else fold.now
    stuck = Stuck("children", message, 0, first, {TURN: flow.name}, fold.origin())
    return with_side(row, far, replace(side, stuck=stuck))


def _elsewhere(flow: Flow, row: LinkRow, system: str) -> bool:
    ref = side_of(row, system).ref
    return ref is not None and entity_of(ref) != flow_side(flow, system).entity


def replaced(flow: Flow, row: LinkRow, system: str, wish: Mapping[str, Any]) -> bool:
    """Whether this side's record must be another one: of another flow, or below another parent than it can leave."""
    side, near = side_of(row, system), side_of(row, other(system))
    prop = archive_property(flow)
    if side.leaving is not None or near.gone or (prop is not None and near.seen.get(prop.name) is False):
        return False
    moved = system == "invoiced" and flow.parent is not None and wish.get(flow.parent) is not None
    return bool(side.flow) or moved


def make(
    fold: Fold, flow: Flow, row: LinkRow, system: str, seen: Mapping[str, Any], edits: Mapping[str, Any]
) -> LinkRow:
    """Sends the create of the record that is to take this place, with everything that is known.

    `edits`: what was edited on the record that leaves. It goes along, and stays an edit of its side.
    """
    side = side_of(row, system)
    if side_of(row, other(system)).flight is not None:
        return row  # its answer first: it may carry what was edited on the record that leaves
    doubtful = creating(flow, system, side)
    if doubtful is not None:  # it may have been made, and carries no name of ours: asked again as it was
        return commands.repeat(fold, flow, row, system, doubtful)
    blank = Side(
        former=side.former,
        revision=side.revision,
        again=side.again,
        tries=side.tries,
        taken=side.taken,
        unanswered=side.unanswered if side.unanswered and side.unanswered.verb == "create" else None,
        stuck=side.stuck,
        first_try=side.first_try,
    )
    if not holds.closed(fold, row, system):
        row, why = breakers.admit(fold, row, system, "change")
        if why:
            return holds.held(row, system, why)
    known, spelt = {**seen, **edits}, {**forms.spelt(flow, row, system, seen), **edits}
    after = commands.create(fold, flow, with_side(row, system, blank), system, known, spelt)
    made = side_of(after, system)
    if made.flight is None:
        return with_side(after, system, side_of(row, system))
    beside = made.flight.beside or dict(side.seen)
    flight = replace(made.flight, ref=side.ref, beside=beside)
    side = replace(
        side_of(row, system), flight=flight, revision=made.revision, first_try=made.first_try, retry_at=0
    )
    return with_side(after, system, side)


def depart(fold: Fold, row: LinkRow, side: Side) -> None:
    """The side's record is a former one of its link. What was seen of it is seen: told once more it is no sign of life."""
    known = fold.ref(str(side.ref))
    if known is not None:
        version, read_at = max(known.version, side.version), max(known.read_at, side.read_at)
        fold.put_ref(replace(known, state="former", link_id=row.id, version=version, read_at=read_at))


def vacate(fold: Fold, row: LinkRow, system: str) -> LinkRow:
    """The place is free for the new record; the old one leaves, and what was edited on it since is not lost."""
    side = side_of(row, system)
    ref = str(side.ref)
    depart(fold, row, side)
    queue.wake_children(fold, ref)
    flow = fold.flow(row)
    left = entering.pending(flow, row, system)
    leaving = Leaving(
        ref=ref,
        flow=side.flow or row.flow,
        image=side.image or {},
        version=side.version,
        agreed=entering.agreed(flow, row, other(system), left.entered),
    )
    fresh = Side(
        base=left.base,
        entered=left.entered,
        former=(*(one for one in side.former if one != ref), ref),
        revision=side.revision,
        flight=side.flight,
        unanswered=side.unanswered,
        again=side.again,
        tries=side.tries,
        doubt={name: doubt for name, doubt in side.made_with.items() if name not in left.entered},
        first_try=side.first_try,
        counted=side.counted,
        leaving=None if side.gone else leaving,
    )
    return with_side(row, system, fresh)
