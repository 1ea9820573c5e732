"""What was edited on a record whose place another has taken: an edit of its side, until that side shows it.

It counts as what the side shows, against the bases of before the move, so that it meets the other side's edits as
it would have without the move: the policy decides, and what is decided against is listed.

| the merge says of it | then |
|---|---|
| the other side takes it, or already has it | it is written to the new record, too |
| the other side's value wins | it is dropped: the new record takes that one |
| a person has to decide | it stays until they have |
| the other side will not have it | the new record gets it all the same, and that is listed |
"""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from streams.domain import forms
from streams.domain.doubt import may_be
from streams.domain.index import SYSTEMS
from streams.domain.lenses import UNKNOWN, read_all
from streams.domain.merge import Decided, in_flight, merge
from streams.domain.observe import plain
from streams.domain.rows import Flight, LinkRow, Side, other, side_of, with_side
from streams.domain.values import same
from streams.domain.verdicts import edited

Shown = dict[str, dict[str, Any]]


class Weighed(Struct, frozen=True):
    """The row after these edits were weighed; what must be written for them; conflicts; the names decided so."""

    row: LinkRow
    wishes: Shown
    conflicts: tuple[Decided, ...] = ()
    names: frozenset[str] = frozenset()


def shown(side: Side) -> dict[str, Any]:
    """What a side shows, its user's edits on the record before included."""
    return {**side.seen, **{name: edit[0] for name, edit in side.entered.items()}}


def pending(flow: Flow, row: LinkRow, system: str) -> Side:
    """What a side's record leaves behind for the next one: its pending edits, with their times and bases."""
    side = side_of(row, system)
    found = {}
    for prop in plain(flow):
        value = side.seen.get(prop.name)
        ours = side.doubt.get(prop.name, [])[2:]
        if edited(side, prop, value) and not any(same(prop.type, value, one) for one in ours):
            found[prop.name] = [value, *_times(side, prop.name)]
    found |= {name: [value, *_times(side, name)] for name, value in _unmade(flow, row, system).items()}
    entered = {name: edit for name, edit in {**found, **side.entered}.items() if name not in row.forced}
    return Side(entered=entered, base={name: side.base[name] for name in entered if name in side.base})


def _unmade(flow: Flow, row: LinkRow, system: str) -> dict[str, Any]:
    """What has been agreed in a form of this side, and the create that takes its place does not carry."""
    side = side_of(row, system)
    made = side.flight or side.unanswered
    if made is None:
        return {}
    carried = read_all(flow.properties, system, made.values)
    return {n: value for n, value in forms.own(flow, row, system).items() if carried.get(n) != value}


def _times(side: Side, name: str) -> tuple[int, int]:
    last = side.edited_at.get(name, 0)
    return side.edited_from.get(name, last), last


def agreed(flow: Flow, row: LinkRow, near: str, entered: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """What the counterpart had agreed, what it shows, and since when: for edits met later on a former record.

    An edit known already goes over: a later one of that property is made on what the counterpart then shows.
    """
    side, found = side_of(row, near), {}
    for prop in plain(flow):
        name, now = prop.name, side.seen.get(prop.name)
        if name not in side.base:
            continue
        edit, base = entered.get(name, [UNKNOWN])[0], side.base[name]
        goes = edit is not UNKNOWN and any(same(prop.type, now, one) for one in (edit, base))
        found[name] = [edit, edit, 0, 0] if goes else [base, now, *_times(side, name)]
    return found


def weigh(flow: Flow, row: LinkRow, present: Shown, tie_ms: int, apart: frozenset[str]) -> Weighed:
    """Every such edit against the other side. Where one is dropped, `present` shows the new record's own value."""
    wishes: Shown = {system: {} for system in SYSTEMS}
    conflicts: list[Decided] = []
    for system in [one for one in SYSTEMS if side_of(row, one).entered]:
        side = side_of(row, system)
        names = side.entered.keys() - row.forced.keys()
        others = frozenset(prop.name for prop in flow.properties if prop.name not in names)
        merged = merge(flow, _dated(row, system), present["invoiced"], present["crm"], tie_ms, others | apart)
        conflicts += merged.conflicts
        row = merged.row
        for prop in flow.properties:
            if prop.name in names - apart - in_flight(row):
                row = _follow(flow, row, system, prop, merged.wishes, wishes)
        row = kept(row, system, side_of(row, system).entered.keys() - row.forced.keys())
        for name in side.entered.keys() - side_of(row, system).entered.keys():
            present[system][name] = side.seen.get(name, UNKNOWN)
    left = [name for system in SYSTEMS for name in side_of(row, system).entered]
    return Weighed(row, wishes, tuple(conflicts), frozenset(left))


def _dated(row: LinkRow, system: str) -> LinkRow:
    """The row with these edits of the time in which they were made."""
    side = side_of(row, system)
    since = {name: edit[1] for name, edit in side.entered.items()}
    last = {name: edit[2] for name, edit in side.entered.items()}
    dated = replace(side, edited_from={**side.edited_from, **since}, edited_at={**side.edited_at, **last})
    return with_side(row, system, dated)


def kept(row: LinkRow, system: str, names: Collection[str]) -> LinkRow:
    """The row with no other edits than these pending on the record before."""
    side = side_of(row, system)
    return with_side(
        row, system, replace(side, entered={n: edit for n, edit in side.entered.items() if n in names})
    )


def _follow(flow: Flow, row: LinkRow, system: str, prop: Property, merged: Shown, wishes: Shown) -> LinkRow:
    """What the merge makes of one: see the table."""
    name, near = prop.name, other(system)
    side, far = side_of(row, system), side_of(row, near)
    value, real = side.entered[name][0], side.seen.get(name, UNKNOWN)
    rest = side.entered.keys() - {name}
    refused = [_is(prop, one.refused.get(name, [UNKNOWN])[0], value) for one in (side, far)]
    if name in merged[near]:
        wishes[near][name] = value
        return row
    if name in merged[system] or refused[0]:  # the other side's value wins; or this one is not to be had here
        based = side.base if real is UNKNOWN else {**side.base, name: real}
        return kept(with_side(row, system, replace(side, base=based)), system, rest)
    if _is(prop, side.base.get(name, UNKNOWN), value):
        if _is(prop, real, value):
            return kept(row, system, rest)
        wishes[system][name] = value
        return row
    if refused[1]:
        return kept(replace(row, forced={**row.forced, name: [value, list(SYSTEMS)]}), system, rest)
    manual = (prop.conflict or flow.policy.conflict) == "manual" or name not in far.seen
    return row if manual else kept(row, system, rest)


def _outdone(side: Side, prop: Property, before: Any, edit: list[Any]) -> bool:
    """Whether somebody has edited the new record since. What an API may have made of our own value is no edit."""
    value = side.seen.get(prop.name, UNKNOWN)
    later = edited(side, prop, value) and edit[1] <= side.edited_at.get(prop.name, side.updated_at or 0)
    return later and not may_be(value, before) and not same(prop.type, value, before)


def _is(prop: Property, known: Any, value: Any) -> bool:
    return known is not UNKNOWN and same(prop.type, known, value)


def left_out(flight: Flight, side: Side) -> Flight:
    """A create as it counts: what was edited on the record before is not agreed by it."""
    return replace(flight, source={name: v for name, v in flight.source.items() if name not in side.entered})


def edited_since(flow: Flow, row: LinkRow, system: str, flight: Flight, *, ours: bool) -> LinkRow:
    """A write of such edits met something else than it expected: somebody has since edited the new record.

    `ours`: whether what it met may be what an API made of an earlier attempt.
    """
    side = side_of(row, system)
    was = read_all(flow.properties, system, {**(side.image or {}), **flight.expected})
    left = dict(side.entered)
    for prop in plain(flow):
        now = side.seen.get(prop.name, UNKNOWN)
        if prop.name not in side.entered.keys() & flight.source.keys() or now is UNKNOWN:
            continue
        known = (was.get(prop.name), side.entered[prop.name][0])
        if not any(same(prop.type, now, one) for one in known) and not (ours and may_be(now, known[1])):
            del left[prop.name]
    return kept(row, system, left)


def enter(
    flow: Flow,
    row: LinkRow,
    system: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    times: tuple[int, int],
) -> LinkRow:
    """An edit met on a record that leaves, made between these times: the bases are those it was made against."""
    for prop in plain(flow):
        name = prop.name
        if name not in before or name not in after or same(prop.type, before[name], after[name]):
            continue
        row = _enter(row, system, prop, before[name], [after[name], *times])
    return row


def _enter(row: LinkRow, system: str, prop: Property, before: Any, edit: list[Any]) -> LinkRow:
    name, far, near = prop.name, side_of(row, system), side_of(row, other(system))
    leaving = far.leaving
    if leaving is None or _outdone(far, prop, before, edit):
        return row
    base, shown_then, since, last = leaving.agreed.get(name, [near.seen.get(name), None, 0, 0])
    now = near.seen.get(name)
    if name not in far.entered and not same(prop.type, now, base):
        # Who edited here could not see what the other side shows by now: both have edited.
        at = (since, last) if now == shown_then else (0, near.updated_at or 0)
        times = {
            "edited_from": {**near.edited_from, name: at[0]},
            "edited_at": {**near.edited_at, name: at[1]},
        }
        near = replace(near, base={**near.base, name: base}, **times)
        far = replace(far, base={**far.base, name: before})
    elif name not in far.base and name in near.base:  # the new record was seen before its create was answered
        far = replace(far, base={**far.base, name: before})
    leaving = replace(leaving, agreed={**leaving.agreed, name: [edit[0], edit[0], 0, 0]})
    far = replace(far, entered={**far.entered, name: edit}, leaving=leaving)
    row = with_side(with_side(row, other(system), near), system, far)
    return replace(row, forced={one: value for one, value in row.forced.items() if one != name})
