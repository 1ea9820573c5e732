"""Records that a create's look-up met: which of them takes the place, and as what.

| it met | then |
|---|---|
| one that had this place before | it has it again, with its counterpart's values |
| after a doubtful attempt, where nothing carries our name: exactly one that is new and like what we sent | our own create |
| the same, but like it only in what a rule joins by and in most of the rest | our own create, edited since |
| exactly one free record with our name on it, or that a rule joins | a first match |
| several of these, or one that a rule leaves to people | review |
| only what stands in other links | the create is sent once more, and knows them |
"""

from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.records import Found, Result
from streams.domain import doubt, entering, moves, slots
from streams.domain.config import side as flow_side
from streams.domain.fold import Fold
from streams.domain.index import key_hash, named_by, nameless, read_keys
from streams.domain.lenses import read_all
from streams.domain.matching import verdict_of
from streams.domain.observe import plain
from streams.domain.references import entity_of
from streams.domain.rows import Flight, LinkRow, Side, other, side_of, with_side
from streams.domain.slots import fill
from streams.domain.values import same

SECONDS = 10**11  # a stamp below is in seconds


def found(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow | None:
    """A create met records that may be the counterpart: exactly one free one is taken, none means create, else review."""
    system = result.system
    side = replace(side_of(row, system), flight=None, unanswered=None)
    row = with_side(row, system, side)
    if side.ref not in {None, flight.ref}:
        return row
    back = [one for one in result.found if was_here(fold, flow, row, system, one.ref)]
    if back:
        return _revive(fold, flow, _emptied(fold, row, system, flight), system, back[0], result)
    free = [one for one in result.found if slots.is_free(fold, one.ref, row.id)]
    own = _own(fold, flow, row, flight, result, free)
    if len(own) == 1:
        vacant = _outdone(flow, _emptied(fold, row, system, flight), system, flight, own[0])
        free_of = entering.left_out(flight, side_of(vacant, system))
        taken_up = doubt.raised(side_of(vacant, system), free_of, their_time(fold, result))
        filled = fill(
            fold, with_side(vacant, system, taken_up), system, own[0].ref, own[0].image, "own create"
        )
        if filled is not None:
            return _stamped(filled, system, own[0])
    if len(own) > 1:
        return replace(row, review=f"creating in {system} met {', '.join(sorted(one.ref for one in own))}")
    ours = [
        one
        for one in free
        if named_by(fold.config, one.ref, dict(one.image)) == side_of(row, other(system)).ref
    ]
    return _chosen(fold, flow, row, flight, result, free, ours)


def _chosen(
    fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result, free: list[Found], ours: list[Found]
) -> LinkRow | None:
    """What carries our name goes before what a rule finds; neither: a create, once it is known who is taken."""
    system = result.system
    fitting = ours or [one for one in free if _verdict(fold, flow, row, system, one) == "join"]
    if len(fitting) == 1:
        return _join(fold, _emptied(fold, row, system, flight), system, fitting[0], result)
    doubtful = [one for one in free if _verdict(fold, flow, row, system, one) == "review"]
    if fitting or doubtful:
        names = ", ".join(sorted(one.ref for one in fitting or doubtful))
        return replace(row, review=f"creating in {system} met {names}")
    taken = tuple(sorted(one.ref for one in result.found))
    return with_side(row, system, replace(side_of(row, system), taken=taken, retry_at=0))


def their_time(fold: Fold, result: Result) -> int:
    """When it was answered, by the clock of the system that answered."""
    return result.read_at + fold.tenant.skews.get(result.system, 0)


def _own(
    fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result, free: list[Found]
) -> list[Found]:
    """What a create without an answer may have made, where nothing carries our name: no older than its first try."""
    side = side_of(row, result.system)
    if not nameless(flow, result.system) or not (flight.again or result.wrote):
        return []
    since = (side.first_try or flight.revision) + fold.tenant.skews.get(result.system, 0) - fold.config.tie_ms
    new = [one for one in free if _made_at(one) >= since // 1000 * 1000]
    like = [one for one in new if _plausible(flow, result.system, flight, one)]
    return like or _edited(flow, result.system, flight, new)


def _edited(flow: Flow, system: str, flight: Flight, new: list[Found]) -> list[Found]:
    """What a create without an answer may have made and a user has edited since, wherever its parent is by now.

    Only the one that a rule joins with what was sent, below the parent it was sent to. One that is like it in its
    keys alone may be somebody else's, and is left to the rules.
    """
    found = [
        one for one in new if _same_keys(flow, system, flight, one) and _mostly(flow, system, flight, one)
    ]
    return found if len(found) == 1 else []


def _same_keys(flow: Flow, system: str, flight: Flight, one: Found) -> bool:
    """Whether a rule joins what was sent with this record, both of them below the same parent."""
    sent, shown = (read_keys(flow, system, image) for image in (flight.values, dict(one.image)))
    joins = (rule.keys for rule in flow.rules if rule.verdict == "join")
    pairs = [(key_hash(flow, keys, sent), key_hash(flow, keys, shown)) for keys in joins]
    return any(mine is not None and mine == theirs for mine, theirs in pairs)


def _mostly(flow: Flow, system: str, flight: Flight, one: Found) -> bool:
    """Whether more of what was sent is shown than not."""
    told = _told(flow, system, flight, one)
    kept = [prop for prop, shown, sent in told if same(prop.type, shown, sent)]
    return 2 * len(kept) > len(told)


def _outdone(flow: Flow, row: LinkRow, system: str, flight: Flight, one: Found) -> LinkRow:
    """An edit on the record before is of no more account where a user has since edited what was made."""
    side, shown = side_of(row, system), read_all(flow.properties, system, dict(one.image))
    outdone = {
        prop.name
        for prop in plain(flow)
        if prop.name in side.entered.keys() & flight.source.keys() & shown.keys()
        and side.entered[prop.name][2] <= (one.updated_at or 0)
        and not same(prop.type, shown[prop.name], flight.source[prop.name])
        and not doubt.may_be(shown[prop.name], flight.source[prop.name])
    }
    return entering.kept(row, system, side.entered.keys() - outdone)


def _made_at(one: Found) -> int:
    """When a record was made, in milliseconds; systems tell it in seconds, too."""
    stamp = one.image.get("created_at")
    if not isinstance(stamp, int) or isinstance(stamp, bool):
        return one.updated_at or 0
    return stamp * 1000 if stamp < SECONDS else stamp


def _plausible(flow: Flow, system: str, flight: Flight, one: Found) -> bool:
    """Whether it shows what was sent, as the API may have kept it."""
    told = _told(flow, system, flight, one)
    return all(same(prop.type, shown, sent) or doubt.may_be(shown, sent) for prop, shown, sent in told)


def _told(flow: Flow, system: str, flight: Flight, one: Found) -> list[tuple[Property, Any, Any]]:
    """Each property that was sent with a value, what is shown of it, and what was sent."""
    shown = read_all(flow.properties, system, dict(one.image))
    told = ((prop, flight.source.get(prop.name)) for prop in plain(flow))
    return [(prop, shown.get(prop.name), sent) for prop, sent in told if sent is not None]


def _verdict(fold: Fold, flow: Flow, row: LinkRow, system: str, one: Found) -> str | None:
    return verdict_of(fold, flow, side_of(row, other(system)).image or {}, other(system), dict(one.image))


def _emptied(fold: Fold, row: LinkRow, system: str, flight: Flight) -> LinkRow:
    """The row with that place free, for what takes it instead of a record that is to be replaced."""
    side = side_of(row, system)
    if side.ref is None:
        return row
    row = moves.vacate(fold, with_side(row, system, replace(side, flight=flight)), system)
    return with_side(row, system, replace(side_of(row, system), flight=None))


def was_here(fold: Fold, flow: Flow, row: LinkRow, system: str, ref: str | None) -> bool:
    """Whether a record had its place in this link before, and may have it again."""
    known = fold.ref(ref) if ref is not None else None
    former = known is not None and known.state == "former" and known.link_id == row.id
    return former and entity_of(str(ref)) == flow_side(flow, system).entity


def asked_anew(row: LinkRow, system: str) -> LinkRow:
    """A doubtful create took a former record, which carries our name too, for its work: asked again, it is told what it met.

    What that record holds is not what was sent, and it may be out of use: it has to be revived, not agreed.
    """
    return with_side(row, system, replace(doubt.cleared(side_of(row, system)), flight=None, retry_at=0))


def _revive(fold: Fold, flow: Flow, row: LinkRow, system: str, one: Found, result: Result) -> LinkRow | None:
    """A former record takes its place again: in use, and with its counterpart's values, whatever it holds."""
    filled = fill(fold, row, system, one.ref, one.image, "its former record")
    if filled is None:
        return None
    side, near = side_of(filled, system), side_of(filled, other(system))
    own = {prop.name for prop in plain(flow)}
    agreed = {
        name: value
        for name, value in side.seen.items()
        if name in own and name in near.seen and name not in side.entered
    }
    marks = [
        prop.name for prop in flow.properties if prop.type == "archive" and side.seen.get(prop.name) is False
    ]
    left = {name: value for name, value in side.base.items() if name in side.entered}
    side = replace(side, base={**agreed, **left}, doubt={}, again=False, tries=0, answer_at=result.read_at)
    filled = with_side(filled, system, side)
    filled = with_side(filled, other(system), replace(near, base={**near.base, **agreed}))
    return replace(filled, forced={**filled.forced, **{name: [True, ["invoiced", "crm"]] for name in marks}})


def _join(fold: Fold, row: LinkRow, system: str, one: Found, result: Result) -> LinkRow | None:
    """The found record takes the place with no base: the first-match policy and the gate stand before any write."""
    side: Side = side_of(row, system)
    left = {name: value for name, value in side.base.items() if name in side.entered}
    row = with_side(
        row, system, replace(side, base=left, doubt={}, again=False, tries=0, answer_at=result.read_at)
    )
    filled = fill(fold, row, system, one.ref, one.image, "found")
    return None if filled is None else _stamped(filled, system, one)


def _stamped(row: LinkRow, system: str, one: Found) -> LinkRow:
    """The row with the stamp of the image that was found, unless it has been read itself."""
    side = side_of(row, system)
    return (
        row
        if side.updated_at is not None
        else with_side(row, system, replace(side, updated_at=one.updated_at))
    )
