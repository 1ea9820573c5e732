"""What the end of a record means for its counterpart: the flow's policy `delete`.

| a record is deleted | then its counterpart |
|---|---|
| `archive` | goes out of use, and comes back with it |
| `delete` | is deleted; archived where it was edited since they last agreed, or where it may not be deleted |
| `unlink` | stays as it is; the link is retired, and a person decides what becomes of it |
| `ignore` | stays as it is; the link waits for a restore |

Deleted is what is gone, and in the CRM what is marked so. A record that is only out of use (inactive) is not:
that is a value like any other, and goes over under every policy. So is what two records show when they first meet.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from streams.domain import queue
from streams.domain.fold import Fold
from streams.domain.index import SYSTEMS
from streams.domain.keys import conflict_id
from streams.domain.lenses import names
from streams.domain.merge import Decided
from streams.domain.observe import archive_property, plain
from streams.domain.rows import LinkRow, RefRow, Side, other, side_of
from streams.domain.verdicts import edited

UNDELETABLE = "@delete"  # among a side's refused values: the delete its system would not carry out
Wishes = dict[str, dict[str, Any]]


def ended(flow: Flow, row: LinkRow, wishes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The system whose record was deleted while its counterpart is in use, as both had agreed to be."""
    prop = archive_property(flow)
    if flow.policy.delete == "archive":
        return None
    if prop is None:  # nothing says so to the other side, and nothing has to
        return next((system for system in SYSTEMS if side_of(row, system).gone), None)
    for system in SYSTEMS:
        side = side_of(row, system)
        marked = system == "crm" and (side.image or {}).get(names(prop, system)[-1]) is True
        told = wishes[other(system)].get(prop.name) is False and side.base.get(prop.name) is True
        if told and (side.gone or marked):
            return system
    return None


def follow(flow: Flow, row: LinkRow, wishes: Wishes, system: str) -> tuple[LinkRow, Wishes, str | None]:
    """What is wished where this system's record was deleted; the system whose record is to be deleted too, if any."""
    far = other(system)
    side, counterpart = side_of(row, system), side_of(row, far)
    if flow.policy.delete == "ignore":
        cause = f"{side.ref} was deleted, which this flow ignores: {counterpart.ref} stays as it is until a restore"
        return replace(row, waiting=cause), {**wishes, far: {}}, None
    kept = counterpart.refused.get(UNDELETABLE, [None])[0] == side.version
    return row, wishes, None if kept or _touched(flow, counterpart) else far


def _touched(flow: Flow, side: Side) -> bool:
    """Whether somebody has edited this record since both last agreed: a delete would lose it."""
    return any(edited(side, prop, side.seen[prop.name]) for prop in plain(flow) if prop.name in side.seen)


def beaten(flow: Flow, row: LinkRow, wishes: Mapping[str, Mapping[str, Any]]) -> Iterator[Decided]:
    """Delete beats edit: what was edited on the side that is archived now is a conflict it has lost."""
    prop = archive_property(flow)
    for system in SYSTEMS:
        side = side_of(row, system)
        if prop is None or wishes[system].get(prop.name) is not False:
            continue
        for one in plain(flow):
            if not edited(side, one, side.seen.get(one.name)):
                continue
            here, there = side.seen.get(one.name), side_of(row, other(system)).seen.get(one.name)
            pair = (here, there) if system == "invoiced" else (there, here)
            name = conflict_id(row.id, one.name, repr(("archived", pair)))
            yield Decided(name, one.name, "archive", other(system), side.base.get(one.name), *pair)


def part(fold: Fold, row: LinkRow, system: str) -> LinkRow:
    """The link's end: what stays is listed, and nothing is made of it before a person has spoken."""
    gone, left = side_of(row, system).ref, side_of(row, other(system)).ref
    cause = f"{gone} was deleted, and this flow unlinks what is left: {left} stays as it is"
    for one in SYSTEMS:
        side = side_of(row, one)
        known = fold.ref(side.ref) if side.ref is not None else None
        if known is not None and side.gone:
            fold.put_ref(replace(freed(known, row, side, fold.offset, ""), state="gone", image=None))
        elif known is not None:
            fold.put_ref(freed(known, row, side, fold.offset, cause))
        if side.ref is not None:
            queue.wake_children(fold, side.ref)
    return LinkRow(id=row.id, flow=row.flow, flow_version=row.flow_version, retired=True)


def freed(known: RefRow, row: LinkRow, side: Side, offset: int, cause: str) -> RefRow:
    """A record that has left its link: a person decides what becomes of it."""
    return replace(
        known,
        state="review",
        link_id=None,
        generation=known.generation + 1,
        flow=row.flow,
        image=side.image,
        version=side.version,
        since=offset,
        cause=cause,
    )
