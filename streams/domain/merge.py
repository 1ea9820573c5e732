"""The three-way merge of one link, property by property.

Law: a side has changed only against *its own* base, so what an API trims, rounds or refuses is recorded as a
difference and never causes another write. A property in flight is decided after its answer. The merge is a
function of the row; it is commutative in the order of the two sides' observations, idempotent, and convergent.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas.flow import Flow, Property
from schemas.records import Json
from streams.domain.keys import conflict_id
from streams.domain.lenses import UNKNOWN
from streams.domain.rows import LinkRow, Side
from streams.domain.values import same

Verdict = Literal["keep", "to-crm", "to-invoiced", "agree", "conflict", "first"]
Seen = Mapping[str, Any]

# (edited in Invoiced, edited in the CRM) → what follows, where both sides have a base and differ.
VERDICTS: dict[tuple[bool, bool], Verdict] = {
    (False, False): "keep",
    (True, False): "to-crm",
    (False, True): "to-invoiced",
    (True, True): "conflict",
}


class Decided(Struct, frozen=True):
    """A conflict and its decision. `winner` is a system, or `open` while a person has to decide."""

    id: str
    property: str
    policy: str
    winner: str
    base: Json
    invoiced: Json
    crm: Json
    undecidable: bool = False


class Merged(Struct, frozen=True):
    """What a merge gives: the row with its new bases, per side the values it must take, and the conflicts."""

    row: LinkRow
    wishes: dict[str, dict[str, Any]]
    conflicts: tuple[Decided, ...] = ()


def edited(side: Side, prop: Property, value: Any) -> bool:
    """Whether this side shows something else than its own base."""
    if value is UNKNOWN or prop.name not in side.base:
        return False
    return not same(prop.type, value, side.base[prop.name])


def judge(prop: Property, row: LinkRow, i: Any, c: Any) -> Verdict:
    """What a property's two values call for."""
    if i is UNKNOWN or c is UNKNOWN:
        return "keep"
    based = prop.name in row.invoiced.base and prop.name in row.crm.base
    if not based:
        return "agree" if same(prop.type, i, c) else "first"
    verdict = VERDICTS[edited(row.invoiced, prop, i), edited(row.crm, prop, c)]
    return "agree" if verdict != "keep" and same(prop.type, i, c) else verdict


def first_match(prop: Property, policy: str, i: Any, c: Any) -> tuple[str, bool]:
    """The winner where nothing was agreed before, and whether it overwrites something. Empty never wins."""
    if prop.direction != "both":
        winner = "invoiced" if prop.direction == "to-crm" else "crm"
    elif i is None or c is None:
        winner = "crm" if i is None else "invoiced"
    else:
        winner = "crm" if policy == "crm" else "invoiced"
    return winner, i is not None and c is not None


def decide(flow: Flow, prop: Property, row: LinkRow, tie_ms: int) -> tuple[str, str, bool]:
    """The winner of a conflict: (policy, system or `open`, whether time could not tell)."""
    policy = prop.conflict or flow.policy.conflict
    if policy in {"invoiced", "crm"}:
        return policy, policy, False
    if policy == "manual":
        return policy, "open", False
    (i0, i1), (c0, c1) = _when(row.invoiced, prop.name), _when(row.crm, prop.name)
    if i0 > c1 + tie_ms:
        return policy, "invoiced", False
    if c0 > i1 + tie_ms:
        return policy, "crm", False
    return policy, flow.policy.tie, True


def _when(side: Side, name: str) -> tuple[int, int]:
    """Between which times the pending edit was made."""
    last = side.edited_at.get(name, 0)
    return side.edited_from.get(name, last), last


def _one_way(prop: Property, verdict: Verdict) -> Verdict:
    """An edit on the far side of a one-way property is restored from the near side, or ignored."""
    if prop.direction == "both" or verdict in {"keep", "agree", "first"}:
        return verdict
    onward: Verdict = "to-crm" if prop.direction == "to-crm" else "to-invoiced"
    if verdict in {onward, "conflict"}:
        return onward
    return onward if prop.on_far_edit == "restored" else "keep"


class _Work:
    """The merge of one row under way: wishes, agreed bases and conflicts gathered property by property."""

    def __init__(self, flow: Flow, row: LinkRow, tie_ms: int) -> None:
        self.flow, self.row, self.tie_ms = flow, row, tie_ms
        self.wishes: dict[str, dict[str, Any]] = {"invoiced": {}, "crm": {}}
        self.agreed: dict[str, tuple[Any, Any]] = {}
        self.differing: set[str] = set()
        self.conflicts: list[Decided] = []

    def wish(self, system: str, prop: Property, value: Any) -> None:
        """A refused value is not wished again until it changes."""
        side = self.row.invoiced if system == "invoiced" else self.row.crm
        refused = side.refused.get(prop.name)
        if refused is None or not same(prop.type, refused[0], value):
            self.wishes[system][prop.name] = value

    def force(self, prop: Property, i: Any, c: Any) -> None:
        """What was decided goes where it is not yet; a side that refuses it keeps what it has, and is listed."""
        value, pending = self.row.forced[prop.name]
        shown = {"invoiced": i, "crm": c}
        lacking = [s for s in pending if shown[s] is UNKNOWN or not same(prop.type, shown[s], value)]
        for system in lacking:
            self.wish(system, prop, value)
        if not lacking:
            self.agreed[prop.name] = (i, c)
            if UNKNOWN in (i, c) or not same(prop.type, i, c):
                self.differing.add(prop.name)

    def settle(self, prop: Property, winner: str, i: Any, c: Any) -> None:
        loser = "crm" if winner == "invoiced" else "invoiced"
        self.wish(loser, prop, i if winner == "invoiced" else c)

    def conflict(self, prop: Property, i: Any, c: Any) -> None:
        policy, winner, undecidable = decide(self.flow, prop, self.row, self.tie_ms)
        self.note(prop, policy, winner, i, c, undecidable=undecidable)
        if winner != "open":
            self.settle(prop, winner, i, c)

    def first(self, prop: Property, i: Any, c: Any) -> None:
        """Nothing was agreed before: the winner's value goes over, and what it overwrites is listed."""
        winner, overwrites = first_match(prop, self.flow.policy.first_match, i, c)
        if overwrites:
            self.note(prop, "first_match", winner, i, c)
        self.settle(prop, winner, i, c)

    def note(
        self, prop: Property, policy: str, winner: str, i: Any, c: Any, *, undecidable: bool = False
    ) -> None:
        base = self.row.invoiced.base.get(prop.name)
        name = conflict_id(self.row.id, prop.name, repr((base, i, c)))
        if self.row.conflicts.get(prop.name) != name:
            self.conflicts.append(Decided(name, prop.name, policy, winner, base, i, c, undecidable))

    def weigh(self, prop: Property, i: Any, c: Any) -> None:
        if prop.name in self.row.forced:
            self.force(prop, i, c)
            return
        verdict = _one_way(prop, judge(prop, self.row, i, c))
        if verdict == "agree":
            self.agreed[prop.name] = (i, c)
        elif verdict == "first":
            self.first(prop, i, c)
        elif verdict == "conflict":
            self.conflict(prop, i, c)
        elif verdict != "keep":
            self.settle(prop, "invoiced" if verdict == "to-crm" else "crm", i, c)


def in_flight(row: LinkRow) -> set[str]:
    """The properties whose answer is awaited on either side: nothing is decided about them until it is there."""
    flights = (row.invoiced.flight, row.crm.flight)
    return {name for flight in flights if flight is not None for name in flight.source}


def agree(row: LinkRow, agreed: Mapping[str, tuple[Any, Any]], differing: Collection[str] = ()) -> LinkRow:
    """The row with both bases set for what is agreed, and everything forgotten that hung on it.

    Where it is agreed that the sides differ, what each made of the value stays listed.
    """
    if not agreed:
        return row
    equal = agreed.keys() - set(differing)
    sides = []
    for side, index in ((row.invoiced, 0), (row.crm, 1)):
        base = {**side.base, **{n: pair[index] for n, pair in agreed.items() if pair[index] is not UNKNOWN}}
        keep = {name: at for name, at in side.edited_at.items() if name not in agreed}
        refused = {name: value for name, value in side.refused.items() if name not in equal}
        kept = {name: value for name, value in side.normalised.items() if name not in equal}
        sides.append(replace(side, base=base, edited_at=keep, refused=refused, normalised=kept))
    forced = {name: value for name, value in row.forced.items() if name not in agreed}
    conflicts = {name: value for name, value in row.conflicts.items() if name not in agreed}
    return replace(row, invoiced=sides[0], crm=sides[1], forced=forced, conflicts=conflicts)


def merge(
    flow: Flow, row: LinkRow, invoiced: Seen, crm: Seen, tie_ms: int, apart: frozenset[str] = frozenset()
) -> Merged:
    """Both sides' present values (references resolved) against their bases. `apart`: names decided elsewhere."""
    work = _Work(flow, row, tie_ms)
    waiting = in_flight(row) | apart
    for prop in flow.properties:
        if prop.name not in waiting:
            work.weigh(prop, invoiced.get(prop.name, UNKNOWN), crm.get(prop.name, UNKNOWN))
    merged = agree(row, work.agreed, work.differing)
    if work.conflicts:
        found = {decided.property: decided.id for decided in work.conflicts}
        merged = replace(merged, conflicts={**merged.conflicts, **found})
    return Merged(merged, work.wishes, tuple(work.conflicts))
