"""What came of a command: one function an outcome, one table of them.

Law: an answer counts only for the command in flight; after it both bases are set, the source's to what was
sent, the destination's to what the API returned.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Result
from streams.domain import slots
from streams.domain.fold import Fold
from streams.domain.keys import conflict_id
from streams.domain.lenses import UNKNOWN, get, names, read_all
from streams.domain.links import converge, record
from streams.domain.merge import Decided
from streams.domain.observe import show, vanish
from streams.domain.rows import Flight, LinkRow, Side, Stuck, other, side_of, with_side
from streams.domain.values import same


def _returned(flow: Flow, system: str, flight: Flight, result: Result) -> dict[str, Any]:
    """The values the API shows after the write; a reference it kept is the parent that was sent."""
    if result.image is None:
        return dict(flight.source)
    shown = read_all(flow.properties, system, result.image)
    for prop in flow.properties:
        if prop.type == "reference" and prop.name in flight.source and prop.name in shown:
            sent = flight.values.get(names(prop, system)[0])
            kept = str(sent) == shown[prop.name] if sent is not None else shown[prop.name] is None
            if kept:
                shown[prop.name] = flight.source[prop.name]
    return shown


def _base_of(prop_type: str, verb: str, sent: Any, back: Any) -> Any:
    """What an API filled in where a create sent nothing is not agreed: it flows back once."""
    return None if verb == "create" and sent is None and prop_type != "archive" else back


def _settle(flow: Flow, row: LinkRow, system: str, flight: Flight, result: Result) -> LinkRow:
    """Both bases, what was normalised and what was refused, for every property the command carried."""
    back = _returned(flow, system, flight, result)
    kinds = {prop.name: prop.type for prop in flow.properties}
    source, side = side_of(row, other(system)), side_of(row, system)
    bases = (dict(source.base), dict(side.base))
    refused, kept = dict(side.refused), dict(side.normalised)
    refusals = {_property(flow, system, name): text for name, text in result.refused.items()}
    for name, sent in flight.source.items():
        kept.pop(name, None)
        if name in refusals:
            refused[name] = [sent, refusals[name]]
            continue
        refused.pop(name, None)
        shown = back.get(name, sent)
        bases[0][name], bases[1][name] = sent, _base_of(kinds[name], flight.verb, sent, shown)
        if not same(kinds[name], sent, shown) and not (flight.verb == "create" and sent is None):
            kept[name] = [sent, shown]
    row = with_side(row, other(system), replace(source, base=bases[0]))
    side = replace(side, base=bases[1], refused=refused, normalised=kept)
    return with_side(row, system, side)


def _property(flow: Flow, system: str, name: str) -> str:
    return next((prop.name for prop in flow.properties if name in names(prop, system)), name)


def _release(row: LinkRow, flight: Flight, system: str) -> LinkRow:
    """What the answered command was about is no longer a pending decision."""
    forced = {}
    for name, (value, pending) in row.forced.items():
        left = [one for one in pending if not (one == system and name in flight.source)]
        if left:
            forced[name] = [value, left]
    conflicts = {name: known for name, known in row.conflicts.items() if name not in flight.source}
    return replace(row, forced=forced, conflicts=conflicts)


def _answered(side: Side, result: Result) -> Side:
    return replace(
        side,
        flight=None,
        stuck=None,
        retry_at=0,
        tries=0,
        again=False,
        doubt={},
        answer_at=result.read_at,
        answer_updated=result.updated_at,
    )


def _take_image(flow: Flow, row: LinkRow, system: str, result: Result) -> LinkRow:
    """The returned record, unless a later one was already observed."""
    side = side_of(row, system)
    later = side.read_at > result.read_at or (side.updated_at or 0) > (result.updated_at or 0)
    if result.image is None or (later and side.image is not None):
        image = side.image or {}
    else:
        image = dict(result.image)
        side = replace(side, updated_at=result.updated_at)
    at = result.updated_at if result.updated_at is not None else result.read_at
    return with_side(row, system, show(flow, system, side, image, at))


def done(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow | None:
    """Applied: the slot is filled by a create, the bases are set, the returned record is what the side shows."""
    system = result.system
    if flight.verb == "create":
        filled = slots.fill(fold, row, system, result.ref, result.image)
        if filled is None:
            return _claimed(row, system, result)
        row = filled
    row = with_side(row, system, _answered(side_of(row, system), result))
    row = _release(_settle(flow, row, system, flight, result), flight, system)
    return _take_image(flow, row, system, result)


def _claimed(row: LinkRow, system: str, result: Result) -> LinkRow:
    side = replace(side_of(row, system), flight=None)
    return replace(
        with_side(row, system, side), review=f"{result.ref} answers for this link and stands in another"
    )


def refused(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """The API will not take it: flagged by property where it names them, else the whole wish is parked."""
    side = side_of(row, result.system)
    named = {_property(flow, result.system, name): text for name, text in result.refused.items()}
    if named and result.cause != "whole" and flight.verb != "create":
        refusals = {
            name: [flight.source[name], text] for name, text in named.items() if name in flight.source
        }
        side = replace(side, flight=None, refused={**side.refused, **refusals})
        if refusals:
            return with_side(row, result.system, side)
    message = result.message or "; ".join(f"{name}: {text}" for name, text in result.refused.items())
    return _park(fold, row, result, flight, result.cause or "refused", message or "no reason given")


def _park(fold: Fold, row: LinkRow, result: Result, flight: Flight, cause: str, message: str) -> LinkRow:
    side = side_of(row, result.system)
    first = side.stuck.first_at if side.stuck is not None else fold.now
    tries = side.stuck.attempts if side.stuck is not None else 0
    stuck = Stuck(cause, message, tries + result.attempts, first, dict(flight.source), fold.origin())
    return with_side(row, result.system, replace(side, flight=None, retry_at=0, stuck=stuck))


def unsupported(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """The sink cannot carry it out."""
    return _park(fold, row, result, flight, result.cause or "unsupported", result.message or "")


def stale(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """Somebody changed the destination first: what it holds is an observation, and the policy decides."""
    side = replace(side_of(row, result.system), flight=None, retry_at=0)
    if result.image is None:
        return with_side(row, result.system, replace(side, retry_at=fold.now + 1_000))
    later = side.read_at > result.read_at
    stamp = result.updated_at if result.updated_at is not None else result.read_at
    side = side if later else show(flow, result.system, side, result.image, stamp)
    return with_side(
        row, result.system, replace(side, answer_at=result.read_at, answer_updated=result.updated_at)
    )


def gone(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """One 404 is a suspicion; a second one a while later is a delete."""
    side = side_of(row, result.system)
    if side.missing and fold.now - side.missing >= fold.config.missing_ms:
        return vanish(flow, row, result.system, 0, fold.now)
    again = fold.now + fold.config.missing_ms
    side = replace(side, flight=None, missing=side.missing or fold.now, retry_at=again)
    return with_side(row, result.system, side)


def later(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """Tries ended without an answer: the wish is computed anew at `retry_at`, and looks before it writes."""
    side = side_of(row, result.system)
    wait = min(fold.config.retry_cap_ms, 1_000 * 2 ** min(side.tries, 12))
    doubt = {name: value for name, value in flight.source.items() if isinstance(value, str | bool | int)}
    side = replace(
        side,
        flight=None,
        retry_at=max(result.retry_at or 0, fold.now + wait),
        tries=side.tries + 1,
        again=True,
        doubt={**side.doubt, **doubt},
    )
    return with_side(row, result.system, side)


def soon(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow:
    """Not carried out (closed, or overtaken by a later revision): the wish is computed anew in a second."""
    side = replace(side_of(row, result.system), flight=None, retry_at=fold.now + 1_000)
    return with_side(row, result.system, side)


def overwritten(fold: Fold, flow: Flow, row: LinkRow, system: str, result: Result) -> LinkRow:
    """Our write went over an edit nobody had read yet: the policy decides after the fact, and it is listed."""
    forced = dict(row.forced)
    for prop in flow.properties:
        was = get(prop, system, dict(result.previous))
        side = side_of(row, system)
        if was is UNKNOWN or prop.type == "reference" or same(prop.type, was, side.seen.get(prop.name)):
            continue
        policy = prop.conflict or flow.policy.conflict
        winner = system if policy == "newest" else policy if policy != "manual" else other(system)
        pair = {system: was, other(system): side_of(row, other(system)).seen.get(prop.name)}
        name = conflict_id(row.id, prop.name, f"{result.command_id}|overwritten")
        decided = Decided(name, prop.name, policy, winner, None, pair["invoiced"], pair["crm"])
        record(fold, row, decided)
        if winner == system:
            forced[prop.name] = [was, ["invoiced", "crm"]]
    return replace(row, forced=forced)


Handler = Callable[[Fold, Flow, LinkRow, Flight, Result], LinkRow | None]
OUTCOMES: dict[str, Handler] = {
    "done": done,
    "found": slots.found,
    "stale": stale,
    "refused": refused,
    "gone": gone,
    "held": soon,
    "superseded": soon,
    "retry_at": later,
    "unsupported": unsupported,
}


def result(fold: Fold, answer: Result) -> None:
    """Takes one answer into its link's row."""
    row = fold.link(answer.link_id)
    if row is None:
        return
    flow = fold.config.flow(row.flow)
    if answer.outcome == "overwritten":
        converge(fold, overwritten(fold, flow, row, answer.system, answer))
        return
    flight = side_of(row, answer.system).flight
    if flight is None or flight.id != answer.command_id:
        return
    after = OUTCOMES[answer.outcome](fold, flow, row, flight, answer)
    if after is not None:
        converge(fold, after)
