"""Which records are the same thing: the flow's rules in order, over everything on the other side that is still free.

Law: a join needs exactly one candidate and exactly one claimant; anything else is a person's to decide.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from schemas.flow import Flow, Rule
from streams.domain import index, parents
from streams.domain.fold import Fold
from streams.domain.keys import last_part
from streams.domain.lenses import get, read_some
from streams.domain.observe import archive_property
from streams.domain.references import system_of
from streams.domain.rows import LinkRow, RefRow, other, side_of

MANY = 20  # so many candidates are not weighed one by one


class Match(Struct, frozen=True):
    """What a rule says of one record. `wait`: an answer or a round is still to come."""

    verdict: Literal["none", "join", "review", "wait"]
    candidates: tuple[str, ...] = ()
    cause: str = ""


def verdict_of(
    fold: Fold, flow: Flow, mine: Mapping[str, Any], system: str, theirs: Mapping[str, Any]
) -> str | None:
    """The verdict of the first rule that holds between two images; None where none does."""
    here, there = index.read_keys(flow, system, mine), index.read_keys(flow, other(system), theirs)
    here = parents.translated(fold, flow, system, here.keys(), here)
    for rule in flow.rules:
        one, two = index.key_hash(flow, rule.keys, here), index.key_hash(flow, rule.keys, there)
        if one is not None and one == two:
            return rule.verdict
    return None


def _image(fold: Fold, ref: str) -> Mapping[str, Any]:
    row = fold.ref(ref)
    if row is None:
        return {}
    if row.image is not None:
        return row.image
    link = fold.link_of(ref)
    side = side_of(link, system_of(ref)) if link is not None else None
    return (side.image if side is not None else None) or {}


def _in_use(fold: Fold, flow: Flow, ref: str) -> bool:
    prop = archive_property(flow)
    return prop is None or get(prop, system_of(ref), _image(fold, ref)) is not False


def preferred(fold: Fold, flow: Flow, refs: list[str]) -> list[str]:
    """Records in use before archived ones: who deletes a double means the other."""
    live = [ref for ref in refs if _in_use(fold, flow, ref)]
    return live or refs


def _unready(fold: Fold, ref: str, system: str, horizon: int) -> bool:
    """A candidate the barrier has not passed yet, that waits for a better one, or whose create has no answer."""
    row = fold.ref(ref)
    if row is not None and row.state == "waiting" and (row.since >= horizon or row.waits == horizon):
        return True
    link: LinkRow | None = fold.link_of(ref)
    return (
        link is not None
        and index.creating(fold.config.flow(link.flow), system, side_of(link, system)) is not None
    )


def _with(fold: Fold, flow: Flow, system: str, rule: Rule, found: str) -> list[str]:
    """The records of one side that have this key: as many as a person could still look through."""
    return [last_part(key) for key in fold.entries("rule", flow.name, system, rule.name, found, limit=MANY)]


def by_rule(fold: Fold, flow: Flow, row: RefRow, rule: Rule, horizon: int) -> Match:
    """What one rule says of an unlinked record."""
    system = system_of(row.ref)
    seen = read_some(flow.properties, rule.keys, system, row.image or {})
    found = index.key_hash(flow, rule.keys, seen)
    if found is None:
        return Match("none")
    wanted = index.key_hash(flow, rule.keys, parents.translated(fold, flow, system, rule.keys, seen))
    theirs = _with(fold, flow, other(system), rule, wanted) if wanted is not None else []
    theirs = [ref for ref in theirs if ref not in row.apart]
    if not theirs:
        return Match("none")
    mine = _with(fold, flow, system, rule, found)
    if MANY in {len(theirs), len(mine)}:
        return Match("review", tuple(sorted(theirs)), f"rule {rule.name} finds {MANY} or more")
    return _between(fold, flow, row, rule, horizon, theirs, mine)


def _between(
    fold: Fold, flow: Flow, row: RefRow, rule: Rule, horizon: int, theirs: list[str], mine: list[str]
) -> Match:
    """What the rule says of this record, between all of both sides that have its key."""
    system = system_of(row.ref)
    theirs, mine = preferred(fold, flow, theirs), preferred(fold, flow, mine)
    if any(_unready(fold, ref, system, horizon) for ref in theirs):
        return Match("wait", tuple(theirs), "a candidate is not settled yet")
    if row.ref not in mine:
        return Match("none")
    match = weigh(rule.name, rule.verdict, theirs, mine)
    if match.verdict == "join" and _contradict(flow, row.image or {}, system, _image(fold, theirs[0])):
        return Match(
            "review", match.candidates, f"rule {rule.name} holds, but the {flow.rules[0].keys[0]}s differ"
        )
    return match


def _contradict(flow: Flow, mine: Mapping[str, Any], system: str, theirs: Mapping[str, Any]) -> bool:
    """Two different natural keys are two things, whatever else agrees."""
    first = flow.rules[0].keys[:1]
    if any(prop.type == "reference" for prop in flow.properties if prop.name in first):
        return False
    one = read_some(flow.properties, first, system, mine).get(first[0])
    two = read_some(flow.properties, first, other(system), theirs).get(first[0])
    return one is not None and two is not None and one != two


def weigh(rule: str, verdict: str, theirs: list[str], mine: list[str]) -> Match:
    """One and one join, if the rule may; more are doubtful."""
    if len(theirs) == 1 and len(mine) == 1 and verdict == "join":
        return Match("join", tuple(theirs))
    count = f"{len(mine)} to {len(theirs)}"
    cause = f"rule {rule} finds {count}" if verdict == "join" else f"rule {rule} alone proves nothing"
    return Match("review", tuple(sorted(theirs)), cause)


def by_reference(fold: Fold, row: RefRow, horizon: int) -> Match:
    """What cross-references say: the one this record carries, and those that name it."""
    named = index.named_by(fold.config, row.ref, dict(row.image or {}))
    theirs = {last_part(key) for key in fold.entries("xref", row.ref)}
    if named is not None and _open(fold, named, row.ref):
        theirs.add(named)
    theirs = {ref for ref in theirs if _open(fold, ref, row.ref) and ref not in row.apart}
    theirs = {ref for ref in theirs if _flow_of(fold, ref) == row.flow}
    if not theirs:
        return Match("none")
    rivals = {last_part(key) for ref in theirs for key in fold.entries("xref", ref)} | {row.ref}
    rivals = {ref for ref in rivals if _open(fold, ref, next(iter(theirs)))}
    if any(_unready(fold, ref, system_of(row.ref), horizon) for ref in theirs):
        return Match("wait", tuple(sorted(theirs)), "a candidate is not settled yet")
    return weigh("cross-reference", "join", sorted(theirs), sorted(rivals))


def _flow_of(fold: Fold, ref: str) -> str | None:
    link, row = fold.link_of(ref), fold.ref(ref)
    return link.flow if link is not None else row.flow if row is not None else None


def _open(fold: Fold, ref: str, asker: str) -> bool:
    """Whether this record's counterpart on the asker's side is still to be found."""
    row = fold.ref(ref)
    if row is None:
        return False
    if row.state in {"waiting", "review"}:
        return True
    link = fold.link_of(ref)
    return row.state == "linked" and link is not None and side_of(link, system_of(asker)).ref is None
