"""What a definite answer settles in a row: both bases, what was refused or kept otherwise, what is shown now.

Law: the source's base becomes what was sent, the destination's what the API returned.
"""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Result
from streams.domain import forms
from streams.domain.doubt import may_be
from streams.domain.index import XREF, XREF_KEPT
from streams.domain.lenses import get, names, read_all
from streams.domain.observe import plain, show, unforce
from streams.domain.rows import Flight, LinkRow, Side, other, side_of, with_side
from streams.domain.values import same


def returned(flow: Flow, system: str, flight: Flight, result: Result) -> dict[str, Any]:
    """The values the API shows after the write; a reference it kept is the parent that was sent."""
    if result.image is None:
        return dict(flight.source)
    shown = read_all(flow.properties, system, result.image)
    for prop in flow.properties:
        if prop.type == "reference" and prop.name in flight.source and prop.name in shown:
            sent = get(prop, system, {name: flight.values.get(name) for name in names(prop, system)})
            if sent == shown[prop.name]:
                shown[prop.name] = flight.source[prop.name]
    return shown


def base_of(prop_type: str, verb: str, sent: Any, back: Any) -> Any:
    """What an API filled in where a create sent nothing is not agreed: it flows back once."""
    return None if verb == "create" and sent is None and prop_type != "archive" else back


def settle(flow: Flow, row: LinkRow, system: str, flight: Flight, result: Result) -> LinkRow:
    """Both bases, what was normalised and what was refused, for every property the command carried.

    A record of ours that a repeated create has found may have been edited since: that is no normalising.
    """
    back, kinds = returned(flow, system, flight, result), {prop.name: prop.type for prop in flow.properties}
    source, side = side_of(row, other(system)), side_of(row, system)
    bases = (dict(source.base), dict(side.base))
    refused, kept, formed = dict(side.refused), dict(side.normalised), set[str]()
    refusals = {property_of(flow, system, name): text for name, text in result.refused.items()}
    refused = reference(refused, flight, system, result)
    for name, sent in flight.source.items():
        kept.pop(name, None)
        shown = back.get(name, sent)
        if name in refusals:
            refused[name] = [sent, refusals[name]]
            if flight.verb == "create":  # nothing was agreed before: what each side has is how it stands
                bases[0][name], bases[1][name] = sent, shown
            continue
        refused.pop(name, None)
        if flight.verb == "create" and forms.agreed(kinds[name], source, name, shown, sent):
            bases[0][name], bases[1][name] = sent, shown
            formed.add(name)
            continue
        found = flight.verb == "create" and flight.again and not may_be(shown, sent)
        bases[1][name] = sent if found else base_of(kinds[name], flight.verb, sent, shown)
        owed = name in flight.owed and name in source.base
        owed = owed and not same(kinds[name], source.seen.get(name), sent)
        owed = owed or other(system) in row.forced.get(name, [None, ()])[1]
        if not owed and name not in side.entered:
            # A decision that the source took in a form of its own is agreed in that form; a later edit is not.
            own = name in row.forced and source.normalised.get(name, [None])[0] == sent
            bases[0][name] = source.base.get(name) if own else sent
        if not (found or same(kinds[name], sent, shown) or (flight.verb == "create" and sent is None)):
            kept[name] = [sent, shown]
    # A person's decision goes to both sides: what the other made of it is a difference still.
    given = flight.source.keys() - {*refusals, *row.forced, *side.entered, *formed}
    left = _without(side.entered, flight.source)
    side = replace(side, base=bases[1], refused=refused, normalised=kept, entered=left)
    return with_side(with_side(row, other(system), _given(source, given, bases[0])), system, side)


def _given(source: Side, names: Collection[str], base: dict[str, Any]) -> Side:
    """What the source once refused or kept otherwise, and has now given itself, is a difference no more."""
    refused, normalised = _without(source.refused, names), _without(source.normalised, names)
    return replace(source, base=base, refused=refused, normalised=normalised)


def _without(listed: Mapping[str, list[Any]], taken: Collection[str]) -> dict[str, list[Any]]:
    return {name: value for name, value in listed.items() if name not in taken}


def reference(refused: dict[str, Any], flight: Flight, system: str, result: Result) -> dict[str, Any]:
    """A cross-reference the system refused, or did not keep, is not written there again."""
    name, rest = XREF[system], {key: value for key, value in refused.items() if key != XREF_KEPT}
    if flight.xref is None or (name not in result.refused and result.image is None):
        return refused
    if name not in result.refused and (result.image or {}).get(name) == flight.xref:
        return rest
    return {**rest, XREF_KEPT: [flight.xref, result.refused.get(name, "not kept")]}


def property_of(flow: Flow, system: str, name: str) -> str:
    return next((prop.name for prop in flow.properties if name in names(prop, system)), name)


def release(row: LinkRow, flight: Flight, system: str) -> LinkRow:
    """What the answered command was about is no longer a pending decision."""
    forced = {}
    for name, (value, pending) in row.forced.items():
        carried = name in flight.source and flight.source[name] == value
        left = [one for one in pending if not (one == system and carried)]
        if left:
            forced[name] = [value, left]
    conflicts = {name: known for name, known in row.conflicts.items() if name not in flight.source}
    return replace(row, forced=forced, conflicts=conflicts)


def sent_along(flow: Flow, row: LinkRow, system: str, flight: Flight, result: Result) -> LinkRow:
    """What was sent along as it stood, and the API has changed: agreed as it was before, and listed as normalised.

    An edit nobody had seen that was sent along is an edit still, in the form it has now.
    """
    if not result.resent or result.image is None:
        return row
    was = read_all(flow.properties, system, {**result.image, **result.resent})
    back, side = read_all(flow.properties, system, result.image), side_of(row, system)
    base, kept = dict(side.base), dict(side.normalised)
    for prop in plain(flow):
        name = prop.name
        known = name in base and name in back and name not in flight.source
        if known and same(prop.type, was[name], base[name]) and not same(prop.type, back[name], base[name]):
            kept[name] = [side_of(row, other(system)).base.get(name, was[name]), back[name]]
            base[name] = back[name]
    return with_side(row, system, replace(side, base=base, normalised=kept))


def overtaken(side: Side, flight: Flight, result: Result) -> bool:
    """Whether a later version than the answer's was observed: stamps say so only of what came after the command."""
    stamped = side.version > flight.version and (side.updated_at or 0) > (result.updated_at or 0)
    return side.read_at > result.read_at or stamped


def take_image(flow: Flow, row: LinkRow, system: str, flight: Flight, result: Result) -> LinkRow:
    """The returned record, unless a later one was already observed."""
    side = side_of(row, system)
    if result.image is None or (overtaken(side, flight, result) and side.image is not None):
        image = side.image or {}
    else:
        image = dict(result.image)
        side = replace(side, updated_at=result.updated_at)
    at = result.updated_at if result.updated_at is not None else result.read_at
    after = show(flow, system, side, image, at)
    return with_side(unforce(flow, row, side, after, flight.source), system, after)
