"""An edit that our own write went over before anybody had read it, as its system's events tell afterwards."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.records import Result
from streams.domain.doubt import may_be
from streams.domain.fold import Fold
from streams.domain.keys import conflict_id
from streams.domain.lenses import UNKNOWN, get, names
from streams.domain.line_returns import returned
from streams.domain.links import converge, parent_of, values
from streams.domain.merge import Decided
from streams.domain.recording import record
from streams.domain.rows import LinkRow, other, side_of, with_side
from streams.domain.values import same
from streams.domain.verdicts import edited


def overwritten(fold: Fold, flow: Flow, row: LinkRow, system: str, result: Result) -> LinkRow:
    """Our write went over an edit nobody had read yet: the policy decides after the fact, and it is listed.

    So it is with an edit that went with a record we deleted, whose place another had taken.
    """
    forced, present = dict(row.forced), values(fold, flow, row)
    side = side_of(row, system)
    for prop in flow.properties:
        if not all(name in result.previous for name in names(prop, system)[:1]):
            continue
        was = _shown(fold, prop, system, result, result.previous)
        entered = side.entered.get(prop.name, ())[:1]
        ours = (present[system].get(prop.name), *side.ours.get(prop.name, ()), *entered)
        if was is UNKNOWN or any(same(prop.type, was, one) for one in ours):
            continue
        if _alone(prop, system, result, present[other(system)].get(prop.name)):
            forced[prop.name] = [was, ["invoiced", "crm"]]
            continue
        policy = prop.conflict or flow.policy.conflict
        left = _shown(fold, prop, system, result, result.image or {})
        here = {one: present[one].get(prop.name) for one in present}
        winner = _winner(policy, system, _stands(row, prop, result, left, here))
        pair = {system: was, other(system): present[other(system)].get(prop.name)}
        name = conflict_id(row.id, prop.name, f"{result.command_id}|overwritten")
        decided = Decided(name, prop.name, policy, winner, None, pair["invoiced"], pair["crm"])
        record(fold, row, decided)
        if winner == system:
            forced[prop.name] = [was, ["invoiced", "crm"]]
    return returned(fold, flow, replace(row, forced=forced), result)


def _winner(policy: str, system: str, stands: Mapping[str, bool]) -> str:
    """Whose value is to stand. What our write went over is older than what a user of either side has entered since."""
    wins = policy == system or (policy == "newest" and stands[other(system)])
    return system if wins and stands[system] else other(system)


def _stands(
    row: LinkRow, prop: Property, result: Result, left: Any, present: Mapping[str, Any]
) -> dict[str, bool]:
    """Per side, whether nobody has edited it since our write: it shows what that left, or neither has changed since then."""
    untouched = not any(edited(side_of(row, one), prop, present[one]) for one in present)
    last = untouched and _left(prop, left, side_of(row, result.system).base.get(prop.name, UNKNOWN))
    return {
        one: last or result.verb == "delete" or _left(prop, left, value) for one, value in present.items()
    }


def _left(prop: Property, left: Any, value: Any) -> bool:
    """Whether a side shows what our write has left, or what its API may have made of that."""
    return (
        left is UNKNOWN
        or same(prop.type, left, value)
        or (left is not None and value is not None and may_be(left, value))
    )


def _alone(prop: Property, system: str, result: Result, far: Any) -> bool:
    """Whether nobody edited the other side: it shows what the deleted record had shown before."""
    if result.verb != "delete":
        return False
    before = get(prop, system, dict(result.image or {}))
    return before is not UNKNOWN and same(prop.type, before, far)


def _shown(fold: Fold, prop: Property, system: str, result: Result, image: Mapping[str, Any]) -> Any:
    """What our write went over, or left; a parent as its link, unless nobody knows it."""
    was = get(prop, system, dict(image))
    if prop.type != "reference":
        return was
    if result.verb == "delete":
        return UNKNOWN  # the record left for the parent it was moved to
    if was is UNKNOWN or was is None:
        return was
    return parent_of(fold, prop, system, was)


def told(fold: Fold, flow: Flow, row: LinkRow, answer: Result) -> None:
    """Take in what was gone over. The same is told again after a restart: once is enough, or a later edit would be undone."""
    side = side_of(row, answer.system)
    if answer.verb == "delete" and answer.ref == side.ref:
        return  # an edit on what is out of use on both sides stays there, as on one that is archived
    if answer.command_id not in side.overwrote:
        told = (*side.overwrote, answer.command_id)[-3:]
        row = with_side(row, answer.system, replace(side, overwrote=told))
        converge(fold, overwritten(fold, flow, row, answer.system, answer))
