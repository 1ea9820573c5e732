"""What a link's row calls for: the merge of two sides, the create of a missing one, the archive of a parted one.

`converge` is a function of the rows. Whatever happened (a change, an answer, a decision, the passing of time)
ends in it, so nothing has to remember what was to be done.
"""

from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from streams.domain import commands, doubt, endings, entering, leaving, lines, moves, parents
from streams.domain.endings import UNDELETABLE
from streams.domain.fold import Fold
from streams.domain.index import SYSTEMS, creating
from streams.domain.index import parents as named
from streams.domain.lenses import UNKNOWN, names
from streams.domain.merge import Merged, agree, in_flight, merge
from streams.domain.observe import archive_property
from streams.domain.recording import record, tie
from streams.domain.references import parent_ref
from streams.domain.rows import UNREAD, LinkRow, Side, other, side_of, with_side

FORMER = "~"  # behind a link's id: the reference names a record that had its place there before


def resolve(fold: Fold, ref: str) -> Any:
    """A parent's ref as what both sides can compare: its link's id (`~` behind it: a former record of it)."""
    row = fold.ref(ref)
    if row is None or row.link_id is None:
        return f"?{ref}"
    return row.link_id if row.state == "linked" else row.link_id + FORMER


def parent_of(fold: Fold, prop: Property, system: str, raw: str) -> Any:
    """A parent's id in a system as its link's id; `UNKNOWN` where nobody knows it."""
    parent = resolve(fold, parent_ref(fold.config, prop, system, raw))
    return UNKNOWN if parent.startswith("?") else parent.removesuffix(FORMER)


def values(fold: Fold, flow: Flow, row: LinkRow) -> dict[str, dict[str, Any]]:
    """Per side its present values, references as link ids. A parent nobody knows yet is unknown, not empty."""
    found: dict[str, dict[str, Any]] = {system: entering.shown(side_of(row, system)) for system in SYSTEMS}
    if not any(prop.type == "reference" for prop in flow.properties):
        return found
    for system, refs in named(fold.config, row).items():
        for name, ref in refs.items():
            value = resolve(fold, ref)
            if value.startswith("?"):
                found[system].pop(name, None)
            else:
                found[system][name] = value
    return found


def _out_of_use(flow: Flow, row: LinkRow, merged: Merged) -> dict[str, dict[str, Any]]:
    """Edits on an archived record stay there: only its archive or its return is sent."""
    prop = archive_property(flow)
    if prop is None:
        return merged.wishes
    name = prop.name
    ending = any(wish.get(name) is False for wish in merged.wishes.values())
    returning = any(wish.get(name) is True for wish in merged.wishes.values())
    archived = any(side_of(row, system).seen.get(name) is False for system in SYSTEMS)
    if returning or not (ending or archived):
        return merged.wishes
    return {system: {k: v for k, v in wish.items() if k == name} for system, wish in merged.wishes.items()}


def _moved(flow: Flow, row: LinkRow, present: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """References to a parent's former record: nobody's edit, but they are pointed at its current one."""
    found: dict[str, dict[str, Any]] = {"invoiced": {}, "crm": {}}
    for system, shown in present.items():
        refused = side_of(row, system).refused
        for name in [prop.name for prop in flow.properties if prop.type == "reference"]:
            value = shown.get(name)
            if isinstance(value, str) and value.endswith(FORMER):
                shown[name] = value.removesuffix(FORMER)
                if refused.get(name, [None])[0] != shown[name] and name not in in_flight(row):
                    found[system][name] = shown[name]
    return found


def _waits(fold: Fold, side: Side) -> bool:
    return side.flight is not None or side.retry_at > fold.now


def _two_sided(fold: Fold, flow: Flow, row: LinkRow) -> LinkRow:
    present = values(fold, flow, row)
    moved = _moved(flow, row, present)
    weighed = doubt.weigh(flow, row, present)
    apart = frozenset(name for wish in weighed.again.values() for name in wish)
    left = entering.weigh(flow, weighed.row, present, tie(fold), apart)
    apart |= left.names
    merged = merge(flow, left.row, present["invoiced"], present["crm"], tie(fold), apart)
    wishes = {s: moved[s] | wish | left.wishes[s] | weighed.again[s] for s, wish in merged.wishes.items()}
    wishes = lines.whole(flow, row, present, wishes)
    merged = replace(merged, wishes=wishes)
    row = replace(merged.row, waiting="", flow_version=flow.version)
    for decided in (*weighed.conflicts, *left.conflicts, *merged.conflicts):
        record(fold, row, decided)
    wishes, removed = _out_of_use(flow, row, merged), None
    ended = endings.ended(flow, row, wishes)
    if ended is not None and flow.policy.delete == "unlink":
        return endings.part(fold, row, ended)
    if ended is not None:
        row, wishes, removed = endings.follow(flow, row, wishes, ended)
    for decided in (*endings.beaten(flow, row, wishes), *lines.beaten(flow, row, wishes)):
        record(fold, row, decided)
    row = _send(fold, flow, row, present, wishes, removed)
    lacking = parents.lacking_of(fold, flow, row)
    return replace(row, waiting=lacking) if lacking else row


Sides = dict[str, dict[str, Any]]


def _send(
    fold: Fold, flow: Flow, row: LinkRow, present: Sides, wishes: Sides, removed: str | None
) -> LinkRow:
    """What each side must still take, where nothing is under way there. `removed`: whose record is to be deleted."""
    for system in SYSTEMS:
        row = leaving.end(fold, row, system)
        side, wish = side_of(row, system), wishes[system]
        own = fold.config.flow(side.flow) if side.flow else flow
        if side.gone:
            row = _return(fold, flow, row, system)
        elif _waits(fold, side):
            continue
        elif system == removed or _ends(own, row, system, wish):
            row = commands.remove(fold, own, row, system)
        elif moves.replaced(flow, row, system, wish) or creating(flow, system, side):
            row = moves.make(fold, flow, row, system, present[other(system)], wishes[other(system)])
        else:
            row = commands.update(fold, own, row, system, wish)
            row = _unstick(row, system, wish)
    return row


def _ends(flow: Flow, row: LinkRow, system: str, wish: dict[str, Any]) -> bool:
    """Whether out of use means deleted there, for want of an archive. One that may not be deleted stays."""
    prop = archive_property(flow)
    if prop is None or names(prop, system) or wish.get(prop.name) is not False:
        return False
    kept = side_of(row, system).refused.get(UNDELETABLE, [None])[0]
    return bool(kept != side_of(row, other(system)).version)


def _unstick(row: LinkRow, system: str, wish: dict[str, Any]) -> LinkRow:
    """A parked wish that nobody has any more is not parked any more."""
    side = side_of(row, system)
    if side.stuck is None or moves.TURN in side.stuck.wish or side.stuck.wish.keys() & wish.keys():
        return row
    return with_side(row, system, replace(side, stuck=None))


def _return(fold: Fold, flow: Flow, row: LinkRow, system: str) -> LinkRow:
    """A record that is gone comes back only when its counterpart is restored: made anew under the same link."""
    prop = archive_property(flow)
    counterpart = side_of(row, other(system))
    if prop is None or counterpart.gone or counterpart.seen.get(prop.name) is not True:
        return row
    value, pending = row.forced.get(prop.name, [None, []])
    restored = counterpart.base.get(prop.name) is False or (value is True and system in pending)
    if not restored or counterpart.flight is not None:
        return row
    gone = side_of(row, system)
    moves.depart(fold, row, gone)
    former = (*gone.former, gone.ref) if gone.ref else gone.former
    row = lines.emptied(row, system)
    return _one_sided(fold, flow, with_side(row, system, Side(former=former, revision=gone.revision)))


def _one_sided(fold: Fold, flow: Flow, row: LinkRow) -> LinkRow:
    missing = "crm" if row.crm.ref is None else "invoiced"
    source = side_of(row, other(missing))
    side = side_of(row, missing)
    doubtful = creating(flow, missing, side) if side.flight is None else None
    if doubtful is not None:  # it may have been made, and carries no name of ours: asked again as it was
        return row if _waits(fold, side) else commands.repeat(fold, flow, row, missing, doubtful)
    prop = archive_property(flow)
    if source.gone:
        return replace(row, retired=True, waiting="", hold={})
    if prop is not None and source.seen.get(prop.name) is False:
        return replace(row, waiting="archived on its only side: nothing is made of it")
    if _waits(fold, side):
        return row
    seen = values(fold, flow, row)[other(missing)]
    return commands.create(fold, flow, row, missing, seen, seen)


def _retired(flow: Flow, row: LinkRow) -> LinkRow:
    """Both are gone and agree on it: whichever is born again is restored, and the other made anew."""
    prop = archive_property(flow)
    if prop is not None:
        row = agree(row, {prop.name: (False, False)})
    return replace(row, retired=True, waiting="", hold={})


def _unread(row: LinkRow) -> str:
    """Which of its present records cannot be read: one whose place another has taken is waited for no more."""
    refs = [side_of(row, system).ref for system in SYSTEMS]
    return next((row.waiting for ref in refs if row.waiting.startswith(f"{ref}{UNREAD}")), "")


def converge(fold: Fold, row: LinkRow) -> LinkRow:
    """Does all the row calls for now, and keeps it. While catching up it is only kept."""
    if fold.tenant.catching_up is not None:
        fold.put_link(row)
        return row
    listed = _unread(row)
    row = moves.turned(fold, row) if not (row.review or row.retired) else row
    flow = fold.flow(row)
    both = row.invoiced.ref is not None and row.crm.ref is not None
    if row.invoiced.ref is None and row.crm.ref is None:
        row = replace(row, retired=True)  # parted: there is nothing to make a record of
    elif row.invoiced.gone and row.crm.gone:
        row = _retired(flow, row)
    elif not row.review:
        row = replace(row, retired=False)
        row = _two_sided(fold, flow, row) if both else _one_sided(fold, flow, row)
    row = lines.forgotten(row) if row.lines else row
    if listed and not (row.waiting or row.retired):
        row = replace(row, waiting=listed)  # until a version of that record can be read
    fold.put_link(row)
    return row
