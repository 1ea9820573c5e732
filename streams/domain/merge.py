"""The three-way merge of one link, property by property.

Law: a side has changed only against *its own* base, so what an API trims, rounds or refuses is recorded as a
difference and never causes another write. A property in flight is decided after its answer. The merge is a
function of the row; it is commutative in the order of the two sides' observations, idempotent, and convergent.
"""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.records import Json
from streams.domain.keys import conflict_id
from streams.domain.lenses import UNKNOWN
from streams.domain.rows import LinkRow, other, side_of, with_side
from streams.domain.values import same
from streams.domain.verdicts import agreed_before, decide, first_match, judge, newer_record, one_way

Seen = Mapping[str, Any]


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


class _Work:
    """The merge of one row under way: wishes, agreed bases and conflicts gathered property by property."""

    def __init__(self, flow: Flow, row: LinkRow, tie_ms: int) -> None:
        self.flow, self.row, self.tie_ms = flow, row, tie_ms
        self.wishes: dict[str, dict[str, Any]] = {"invoiced": {}, "crm": {}}
        self.agreed: dict[str, tuple[Any, Any]] = {}
        self.differing: set[str] = set()
        self.conflicts: list[Decided] = []
        self.reverts: dict[str, list[Any]] = {}
        self.newest = row.newest

    def wish(self, system: str, prop: Property, value: Any) -> bool:
        """A refused value is not wished again until it changes."""
        refused = side_of(self.row, system).refused.get(prop.name)
        if refused is not None and same(prop.type, refused[0], value):
            return False
        self.wishes[system][prop.name] = value
        return True

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
        if not self.wish(other(winner), prop, i if winner == "invoiced" else c):
            self.revert(prop, winner, i, c)

    def revert(self, prop: Property, source: str, i: Any, c: Any) -> None:
        """A value that was refused for good is taken back where it came from, if the policy says so.

        Back to what was agreed, or to what the other side's user has set meanwhile; once, as a decision. Taking a
        record out of use is not taken back, nor is what has no agreed value or may not be written there.
        """
        back = agreed_before(prop, self.row, source, c if source == "invoiced" else i)
        if self.flow.policy.rejected != "revert" or back is UNKNOWN:
            return
        self.note(prop, "rejected", other(source), i, c)
        self.reverts[prop.name] = [back, [source]]
        self.wish(source, prop, back)

    def conflict(self, prop: Property, i: Any, c: Any) -> None:
        policy, winner, undecidable = decide(self.flow, prop, self.row, self.tie_ms)
        self.note(prop, policy, winner, i, c, undecidable=undecidable)
        if winner != "open":
            self.settle(prop, winner, i, c)

    def first(self, prop: Property, i: Any, c: Any) -> None:
        """Nothing was agreed before: the winner's value goes over, and what it overwrites is listed."""
        wins: str = self.flow.policy.first_match
        if wins == "newest":  # once for all: what we write meanwhile makes a record no newer
            wins = self.newest = self.newest or newer_record(self.flow, self.row, self.tie_ms)
        winner, overwrites = first_match(prop, wins, i, c)
        cleared = prop.direction != "both" and (i if winner == "invoiced" else c) is None
        if cleared and prop.on_far_edit == "ignored":
            self.agreed[prop.name] = (i, c)
            self.differing.add(prop.name)
            return
        if overwrites or cleared:
            self.note(prop, "first_match", winner, i, c)
        self.settle(prop, winner, i, c)

    def note(
        self, prop: Property, policy: str, winner: str, i: Any, c: Any, *, undecidable: bool = False
    ) -> None:
        base = self.row.invoiced.base.get(prop.name)
        salt = () if policy != "rejected" else (policy,)
        name = conflict_id(self.row.id, prop.name, repr((base, i, c, *salt)))
        if self.row.conflicts.get(prop.name) != name:
            self.conflicts.append(Decided(name, prop.name, policy, winner, base, i, c, undecidable))

    def weigh(self, prop: Property, i: Any, c: Any) -> None:
        if prop.name in self.row.forced:
            self.force(prop, i, c)
            return
        verdict = one_way(prop, judge(prop, self.row, i, c), self.row)
        if verdict == "agree":
            self.agreed[prop.name] = (i, c)
        elif verdict == "first":
            self.first(prop, i, c)
        elif prop.fixed and verdict != "keep":  # set once: what Invoiced shows stands, and the edit is listed
            self.note(prop, "fixed", "invoiced", i, c)
            self.settle(prop, "invoiced", i, c)
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


def _reverted(row: LinkRow, reverts: Mapping[str, list[Any]]) -> LinkRow:
    """What is taken back stands as decided, and is refused no more: entered again it is tried again."""
    for name, (_, (source,)) in reverts.items():
        far = side_of(row, other(source))
        refused = {one: value for one, value in far.refused.items() if one != name}
        row = with_side(row, other(source), replace(far, refused=refused))
    return replace(row, forced={**row.forced, **reverts}) if reverts else row


def _still(flow: Flow, row: LinkRow, newest: str) -> str:
    """Who won the first match counts until everything both sides show has been agreed."""
    left = any(
        name in side.seen and name not in side.base
        for name in (prop.name for prop in flow.properties)
        for side in (row.invoiced, row.crm)
    )
    return newest if left else ""


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
    merged = _reverted(replace(merged, newest=_still(flow, merged, work.newest)), work.reverts)
    if work.conflicts:
        found = {decided.property: decided.id for decided in work.conflicts}
        merged = replace(merged, conflicts={**merged.conflicts, **found})
    return Merged(merged, work.wishes, tuple(work.conflicts))
