"""Lists for the command line, a page at a time, from the look-up indexes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from streams.domain import breakers, keys, poison, sources
from streams.domain.config import Config
from streams.domain.fold import GATES, Fold
from streams.domain.index import SYSTEMS
from streams.domain.lenses import read_all
from streams.domain.parents import cause_now, link_cause_now
from streams.domain.planning import planned
from streams.domain.references import system_of
from streams.domain.rows import LinkRow, RefRow, decode_link, side_of
from streams.domain.states import state_of
from streams.domain.views import parked_view

Args = Mapping[str, Any]
Page = dict[str, Any]
SAMPLES = 10
DIFFERING = ("refused", "normalised")


def seen_of(config: Config, row: RefRow) -> dict[str, Any] | None:
    """An unlinked record's mapped values."""
    if row.image is None or row.flow is None:
        return row.image
    return read_all(config.flow(row.flow).properties, system_of(row.ref), row.image)


def _page(fold: Fold, args: Args, *kinds: str, below: Sequence[str] = ()) -> tuple[list[bytes], str | None]:
    """Index keys of these lists (of one flow: `below`) behind `after`; the key to go on from, if there may be more."""
    limit = min(int(args.get("limit") or 100), fold.config.work)
    after = str(args["after"]).encode() if args.get("after") else None
    found: list[bytes] = []
    for kind in sorted(kinds):
        found += fold.entries("list", kind, *below, limit=limit + 1, after=after)
    found = sorted(key for key in found if after is None or key > after)
    page = found[:limit]
    return page, page[-1].decode() if len(found) > limit else None


def _summary(fold: Fold, row: LinkRow) -> Page:
    return {
        "link_id": row.id,
        "flow": row.flow,
        "state": state_of(row),
        "invoiced": row.invoiced.ref,
        "crm": row.crm.ref,
        "matched_by": row.matched_by or None,
        "cause": link_cause_now(fold, row),
    }


def _differing(fold: Fold, args: Args, why: str) -> Page:
    page, more = _page(fold, args, why, below=[str(args["flow"])] if args.get("flow") else [])
    ids = dict.fromkeys(keys.last_part(key) for key in page)  # one that differs on both sides is listed once
    rows = (fold.link(link_id) for link_id in ids)
    return {"links": [_summary(fold, row) for row in rows if row is not None], "next": more}


def links(fold: Fold, args: Args) -> Page:
    """Links in the order of their ids; those that differ in a value are listed by why."""
    if args.get("state") in DIFFERING:
        return _differing(fold, args, str(args["state"]))
    limit = min(int(args.get("limit") or 100), fold.config.work)
    after = keys.link_key(fold.config.tenant, str(args["after"])) if args.get("after") else None
    prefix = keys.link_key(fold.config.tenant, "")
    rows = [decode_link(data, key) for key, data in fold.view.scan(prefix, after, fold.config.work)]
    wanted = [
        row
        for row in rows
        if args.get("flow") in {None, row.flow} and args.get("state") in {None, state_of(row)}
    ]
    more = (
        wanted[limit - 1].id
        if len(wanted) > limit
        else rows[-1].id
        if len(rows) == fold.config.work
        else None
    )
    return {"links": [_summary(fold, row) for row in wanted[:limit]], "next": more}


def _refs(fold: Fold, page: list[bytes]) -> Iterator[Page]:
    for key in page:
        row = fold.ref(keys.last_part(key))
        if row is not None:
            yield {
                "ref": row.ref,
                "flow": row.flow,
                "state": row.state,
                "cause": cause_now(fold, row),
                "candidates": list(row.candidates),
                "seen": seen_of(fold.config, row),
            }


def unlinked(fold: Fold, args: Args) -> Page:
    """Records that stand in no link."""
    page, more = _page(fold, args, "waiting", "parentless", "review", "no_flow", "unreadable")
    return {"unlinked": list(_refs(fold, page)), "next": more}


def review(fold: Fold, args: Args) -> Page:
    """What a person has to decide: records, and links two records claim."""
    page, more = _page(fold, args, "review", "link_review")
    found: list[Page] = []
    for key in page:
        name = keys.last_part(key)
        row = fold.link(name)
        found.extend([_summary(fold, row)] if row is not None else _refs(fold, [key]))
    return {"review": found, "next": more}


def parked(fold: Fold, args: Args) -> Page:
    """Wishes that cannot be applied, behind the entries of the log that cannot be folded: their keys come first."""
    limit = min(int(args.get("limit") or 100), fold.config.work)
    found, last = poison.page(fold, str(args["after"]).encode() if args.get("after") else None, limit)
    if len(found) == limit:
        return {"parked": found, "next": last}
    page, more = _page(fold, {**args, "limit": limit - len(found)}, "parked")
    for key in page:
        row = fold.link(keys.last_part(key))
        system = key.decode().split("|")[-2].removeprefix("to-")
        view = parked_view(row, system, side_of(row, system)) if row is not None else None
        if view is not None and args.get("id") in {None, view.id}:
            found.append(msgspec.to_builtins(view))
    return {"parked": found, "next": more}


def _conflict(fold: Fold, one: Page) -> Page:
    """`open` waits for a person, `resolved` has been decided by one, `decided` by the policy or by later edits."""
    data = fold.view.get(keys.conflict_resolved(fold.config.tenant, one["id"]))
    resolved = msgspec.json.decode(data) if data is not None else None
    row = fold.link(one["link_id"])
    is_open = one["winner"] == "open" and row is not None and one["id"] in row.conflicts.values()
    state = "resolved" if resolved else "open" if is_open else "decided"
    return {**one, "state": state, "resolved": resolved}


def conflicts(fold: Fold, args: Args) -> Page:
    """Recorded conflicts, oldest first."""
    limit = min(int(args.get("limit") or 100), fold.config.work)
    prefix = f"{fold.config.tenant}|conflict|".encode()
    after = str(args["after"]).encode() if args.get("after") else None
    rows = fold.view.scan(prefix, after, limit + 1)
    found = [_conflict(fold, msgspec.json.decode(data)) for _, data in rows[:limit]]
    return {"conflicts": found, "next": rows[limit - 1][0].decode() if len(rows) > limit else None}


def _gates(fold: Fold, states: set[str]) -> list[Page]:
    found = []
    for flow in fold.config.flows:
        for direction in GATES:
            state, cause = fold.tenant.gates.get(f"{flow.name}|{direction}", ["held", "unknown"])
            held = fold.tenant.counts.get(f"held|{flow.name}|{direction}", 0)
            if state in states:
                found.append(
                    {
                        "flow": flow.name,
                        "direction": direction,
                        "state": state,
                        "cause": cause,
                        "held": held,
                        "waiting": held,
                    }
                )
    return found


def gate(fold: Fold, args: Args) -> Page:
    """Every flow's gates and how much waits behind them."""
    return {"gate": _gates(fold, {"open", "held", "paused", "tripped"}), "next": None}


def breaker(fold: Fold, args: Args) -> Page:
    """Tripped directions: what was counted, and a sample of what is held; and records missing from a whole source."""
    found = []
    for one in _gates(fold, {"tripped"}):
        counts = breakers.shown(fold, one["flow"], one["direction"])
        held = fold.entries("list", "held", one["flow"], one["direction"], limit=SAMPLES)
        found.append({**one, "counts": counts, "samples": _plans(fold, held)})
    return {"breaker": [*found, *sources.tripped(fold)], "next": None}


def _plans(fold: Fold, page: list[bytes]) -> list[Page]:
    found = []
    for key in page:
        row = fold.link(keys.last_part(key))
        system = key.decode().split("|")[-2].removeprefix("to-")
        one = planned(fold, row, system) if row is not None and system in SYSTEMS else None
        found.extend([one] if one is not None else [])
    return found


def plan(fold: Fold, args: Args) -> Page:
    """What would be written if everything held were opened now; `total` counts over all pages."""
    flows = [str(args["flow"])] if args.get("flow") else [flow.name for flow in fold.config.flows]
    page, more = _page(fold, args, "held", below=flows[:1] if args.get("flow") else [])
    total = sum(fold.tenant.counts.get(f"held|{flow}|{way}", 0) for flow in flows for way in GATES)
    return {"plan": _plans(fold, page), "total": total, "next": more}


LISTS: dict[str, Callable[[Fold, Args], Page]] = {
    "links": links,
    "unlinked": unlinked,
    "review": review,
    "parked": parked,
    "conflicts": conflicts,
    "gate": gate,
    "breaker": breaker,
    "plan": plan,
}
