"""Behind the creation barrier: rule by rule over everything that waits, each rule to its end before the next.

Only what no rule joins becomes a link of its own, and so a create.
"""

from msgspec.structs import replace

from schemas.flow import Flow
from streams.domain import index, keys, matching, parents, queue, rounds, slots
from streams.domain.fold import Fold
from streams.domain.links import converge
from streams.domain.matching import Match
from streams.domain.references import system_of
from streams.domain.rows import RefRow, other, side_of


def decide(fold: Fold, task: queue.Task, budget: int) -> int:
    """Works a page of a `decide` task: (name, flow, horizon, rule, after). Gives the records it touched."""
    _, name, reach, rule, after = task
    flow = fold.config.flow(name)
    page = rounds.waiting(fold, name, reach, after, budget)
    for key in page:
        row = fold.ref(rounds.ref_in(key))
        if row is not None and row.state == "waiting" and row.waits != reach:
            weigh(fold, flow, row, rule, reach)
    if len(page) >= budget:
        queue.follow(fold, task, (*task[:4], page[-1].decode()))
    elif rule < len(flow.rules):
        queue.follow(fold, task, (task[0], name, reach, rule + 1, ""))
    else:
        queue.follow(fold, task, None)
    return len(page)


def weigh(fold: Fold, flow: Flow, row: RefRow, rule: int, reach: int) -> None:
    """One rule for one record; the rule behind the last one is the create."""
    system = system_of(row.ref)
    lacking = parents.lacking(fold, flow, system, row.image) if rule >= 0 else None
    if lacking is not None:
        fold.put_ref(replace(row, parent=lacking.parent or "?", cause=lacking.cause))
        return
    if rule == -1:
        match, by = matching.by_reference(fold, row, reach), "cross-reference"
    elif rule < len(flow.rules):
        match, by = matching.by_rule(fold, flow, row, flow.rules[rule], reach), flow.rules[rule].name
    else:
        found(fold, flow, row, reach)
        return
    if match.verdict == "wait":  # no weaker rule may take it, or be given it, before this one has its answer
        fold.put_ref(replace(row, waits=reach, cause=match.cause))
    else:
        act(fold, flow, row, match, by)


def act(fold: Fold, flow: Flow, row: RefRow, match: Match, by: str) -> None:
    if match.verdict == "join":
        join(fold, flow, row, match.candidates[0], by)
    elif match.verdict == "review":
        fold.put_ref(replace(row, state="review", cause=match.cause, candidates=match.candidates))


def _pending(fold: Fold, flow: Flow, row: RefRow, reach: int) -> str:
    """Why a record that no rule joined must still wait; empty where it may become a link."""
    system = system_of(row.ref)
    below = index.parent_id(flow, system, row.image or {})
    creating = fold.entries("creating", system, flow.name, below, limit=1)
    if creating and int(creating[0].split(b"|")[5]) < row.since:
        return f"a create in {system} has no answer yet: this may be it"
    matches = [matching.by_reference(fold, row, reach)]
    matches += [matching.by_rule(fold, flow, row, rule, reach) for rule in flow.rules]
    return next((match.cause for match in matches if match.verdict != "none"), "")


def found(fold: Fold, flow: Flow, row: RefRow, reach: int) -> None:
    """Starts a link with one record, unless something that may be its counterpart is still on its way."""
    cause = _pending(fold, flow, row, reach)
    if cause:
        if cause != row.cause:
            fold.put_ref(replace(row, cause=cause))
        return
    link_id = keys.link_id(fold.config.tenant, row.ref, row.generation)
    converge(fold, slots.place(fold, flow, row, link_id))


def join(fold: Fold, flow: Flow, row: RefRow, candidate: str, by: str) -> None:
    """Makes one link of a record and its candidate, which may have a link of its own already."""
    link = fold.link_of(candidate)
    if link is not None and side_of(link, system_of(row.ref)).ref is not None:
        return
    if link is None:
        first = row.ref if row.ref.startswith("invoiced") else candidate
        known = fold.ref(first)
        partner = fold.ref(candidate)
        if known is None or partner is None:
            return
        link_id = keys.link_id(fold.config.tenant, first, known.generation)
        link = slots.place(fold, flow, partner, link_id, by)
    joined = slots.fill(fold, link, system_of(row.ref), row.ref, row.image, by)
    if joined is not None:
        converge(fold, replace(joined, matched_by=by))


def creating_for(fold: Fold, row: RefRow) -> bool:
    """Fills at once the place that is being created and names this record's cross-reference."""
    if fold.tenant.catching_up is not None:
        return False
    named = index.named_by(fold.config, row.ref, dict(row.image or {}))
    system = system_of(row.ref)
    link = fold.link_of(named) if named is not None else None
    if link is None or side_of(link, other(system)).ref != named:
        return False
    side = side_of(link, system)
    if side.ref is not None and not index.under_way(side):
        return False
    if (side.flight is None or side.flight.verb != "create") and not side.again:
        return False
    filled = slots.fill(fold, link, system, row.ref, row.image, "cross-reference")
    if filled is not None:
        converge(fold, filled)
    return filled is not None
