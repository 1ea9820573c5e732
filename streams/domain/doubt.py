"""Values we sent and were never answered, and whose it is what the destination shows now.

| it shows | then |
|---|---|
| a value we sent | ours: both bases are set as an answer would have set them |
| what it showed before, or its base | nothing is known yet, or nothing was written; the wish stands |
| something else, where our own create was met again | made as we sent it, and edited since |
| something else, and the same command will be sent again | left alone: the sink looks, and knows whose it is |
| what an API may have made of it, changed while we were trying | ours; listed as an undecidable conflict |
| something else, or changed later | somebody's edit |
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.records import Result
from streams.domain.index import under_way
from streams.domain.keys import conflict_id
from streams.domain.lenses import UNKNOWN, read_all
from streams.domain.merge import Decided
from streams.domain.rows import Flight, LinkRow, Side, other, side_of, with_side
from streams.domain.values import same

KEPT = 3  # values of one property that may all still be under way
Values = Mapping[str, Mapping[str, Any]]


class Weighed(Struct, frozen=True):
    """The row after its doubts were weighed; per side what must be sent once more; the conflicts to list."""

    row: LinkRow
    again: dict[str, dict[str, Any]]
    conflicts: tuple[Decided, ...] = ()


def raised(side: Side, flight: Flight, at: int) -> Side:
    """The side after a command that was not answered for good. `at`: when its last attempt had ended.

    0: nothing was written yet as far as anybody knows. It stands in the topic all the same, and may be
    delivered once more and carried out. What a create sent that is to replace the record that stands there says
    nothing of that one: it carries what was edited on it.
    """
    anew = flight.verb == "create" and flight.ref is not None and flight.ref == side.ref
    doubt = dict(side.made_with if anew else side.doubt)
    for name, value in flight.source.items():
        until, _, *past = doubt.get(name, [0, 0])
        values = [*(one for one in past if one != value), value]
        doubt[name] = [max(until, at), flight.version, *values[-KEPT:]]
    side = replace(side, made_with=doubt) if anew else replace(side, doubt=doubt)
    return replace(side, unanswered=flight, again=side.again or at > 0)


def cleared(side: Side) -> Side:
    """The side after a definite answer."""
    ours = {**side.ours, **{name: values for name, (_, _, *values) in side.doubt.items()}}
    return replace(
        side, doubt={}, made_with={}, unanswered=None, again=False, tries=0, ours=ours, first_try=0
    )


def late(flow: Flow, side: Side, result: Result, at: int) -> Side:
    """The side after an answer that came when its doubts were settled: what it shows of them may be ours after all."""
    found = {}
    for name, value in read_all(flow.properties, result.system, dict(result.image or {})).items():
        past = () if value == side.base.get(name) else reversed(side.ours.get(name, ()))
        sent = next(
            (one for one in past if one == value or (value is not None and may_be(value, one))), UNKNOWN
        )
        if sent is not UNKNOWN:
            found[name] = [at, side.version, sent]
    return replace(side, doubt={**found, **side.doubt})


def carried_over(before: Side, after: Side, flight: Flight) -> Side:
    """A repeated create found our record: an earlier one, with other values, may be what made it."""
    if flight.verb != "create" or not flight.again:
        return after
    left = {name: doubt for name, doubt in before.doubt.items() if doubt[2:] != [flight.source.get(name)]}
    return replace(after, doubt=left)


def weigh(flow: Flow, row: LinkRow, present: Values) -> Weighed:
    """Both sides' doubts against what the sides show (references resolved)."""
    again: dict[str, dict[str, Any]] = {"invoiced": {}, "crm": {}}
    conflicts: list[Decided] = []
    for system in ("invoiced", "crm"):
        if under_way(side_of(row, system)):
            continue  # what may have been made is another record than the one that stands there
        for prop in flow.properties:
            if prop.name in _standing(side_of(row, system)) and side_of(row, system).flight is None:
                row = _one(row, system, prop, present, again[system], conflicts)
    return Weighed(row, again, tuple(conflicts))


def _standing(side: Side) -> AbstractSet[str]:
    """What is in doubt of the record that stands there: what was edited on the one before it is not shown by it yet."""
    return side.doubt.keys() - side.entered.keys()


def _one(
    row: LinkRow,
    system: str,
    prop: Property,
    present: Values,
    again: dict[str, Any],
    conflicts: list[Decided],
) -> LinkRow:
    side, name = side_of(row, system), prop.name
    shown, wanted = present[system].get(name, UNKNOWN), present[other(system)].get(name, UNKNOWN)
    if UNKNOWN in (shown, wanted) or side.gone:
        return row
    _, version, *sent = side.doubt[name]
    ours = next((one for one in reversed(sent) if same(prop.type, shown, one)), UNKNOWN)
    if ours is not UNKNOWN:  # also where both show it: while it is in flight elsewhere, no merge agrees it
        return _take(row, system, name, ours, shown)
    if side.version > version and same(prop.type, shown, wanted):
        return with_side(row, system, _without(side, name))
    unwritten = name in side.base and same(prop.type, shown, side.base[name])
    if not _found(side) and (unwritten or side.version <= version):
        return row
    last = side.unanswered if not _found(side) else None
    if last is not None and same(prop.type, wanted, last.source.get(name)):
        again[name] = wanted
        return row
    return _other(row, system, name, shown, wanted, conflicts)


def _other(
    row: LinkRow, system: str, name: str, shown: Any, wanted: Any, conflicts: list[Decided]
) -> LinkRow:
    """Neither what we sent nor what stood there before: what an API made of it, or an edit."""
    side = side_of(row, system)
    until, _, *sent = side.doubt[name]
    later = side.edited_at.get(name, 0) // 1000 > until // 1000
    if later or not any(may_be(shown, one) for one in sent):
        if _found(side):  # made with what we sent, and edited since
            return _take(row, system, name, sent[-1], sent[-1])
        return with_side(row, system, _without(side, name))
    conflicts.append(_listed(row, system, name, sent[-1], shown, wanted))
    return _take(row, system, name, sent[-1], shown, normalised=True)


def _found(side: Side) -> bool:
    """Whether what stands there was met as the record that a create of ours, never answered, has made."""
    return side.unanswered is not None and side.unanswered.verb == "create"


def may_be(shown: Any, sent: Any) -> bool:
    """Whether an API may have made one text of the other: trimmed, cut, re-cased, reformatted, dropped."""
    if shown is None:
        return True
    if not isinstance(shown, str) or not isinstance(sent, str):
        return False
    one, two = _letters(shown), _letters(sent)
    return bool(one) and (one in two or two in one)


def _letters(value: str) -> str:
    return "".join(sign for sign in value.casefold() if sign.isalnum())


def _without(side: Side, name: str) -> Side:
    left = {one: value for one, value in side.doubt.items() if one != name}
    if not left:
        return cleared(side)
    return replace(side, doubt=left, ours={**side.ours, name: side.doubt[name][2:]})


def _take(
    row: LinkRow, system: str, name: str, sent: Any, shown: Any, *, normalised: bool = False
) -> LinkRow:
    """As an answer would have it: the source was agreed at what was sent, the destination at what it shows."""
    side, source = _without(side_of(row, system), name), side_of(row, other(system))
    kept = {**side.normalised, name: [sent, shown]} if normalised else side.normalised
    side = replace(side, base={**side.base, name: shown}, normalised=kept)
    row = with_side(row, system, side)
    return with_side(row, other(system), replace(source, base={**source.base, name: sent}))


def _listed(row: LinkRow, system: str, name: str, sent: Any, shown: Any, wanted: Any) -> Decided:
    pair = {system: shown, other(system): wanted}
    label = conflict_id(row.id, name, repr(("doubt", sent, shown)))
    base = side_of(row, system).base.get(name)
    return Decided(label, name, "doubt", other(system), base, pair["invoiced"], pair["crm"], undecidable=True)
