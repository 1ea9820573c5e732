"""Answers to questions asked through the log: the state as of that position, in the shapes of the command line."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from schemas.flow import Flow
from schemas.records import Question
from streams.domain import attempts, catching_up, gates, index, keys, listing, poison, sources
from streams.domain.config import side as flow_side
from streams.domain.fold import GATES, Fold
from streams.domain.parents import cause_now, link_cause_now
from streams.domain.references import system_of
from streams.domain.rows import LinkRow, RefRow, side_of
from streams.domain.states import state_of

Args = Mapping[str, Any]
# A conflict counts in the direction that lost its value; one that waits for a person counts once.
LOST = {"to-crm": ("invoiced", "open"), "to-invoiced": ("crm",)}


class NotFound(Exception):  # noqa: N818  # it is an answer, not a fault
    """What was asked for is not there: named, with the cure."""


def _sum(fold: Fold, *head: str) -> int:
    counts = fold.tenant.counts
    prefix = "|".join(head)
    return sum(n for name, n in counts.items() if name == prefix or name.startswith(prefix + "|"))


def _state(fold: Fold, flow: Flow, direction: str) -> tuple[str, str]:
    """Whether a direction is written, and why not."""
    if fold.tenant.catching_up is not None:
        return "held", f"catching up: {catching_up.lacking(fold)}"
    system = direction.removeprefix("to-")
    state, cause = fold.tenant.gates.get(f"{flow.name}|{direction}", ["held", "unknown"])
    refused = sources.failing(fold, system, flow_side(flow, system).entity, "login")
    refused = refused or attempts.refused_login(fold, flow.name, direction)
    return ("failed", refused) if state == "open" and refused else (state, cause)


def _flows(fold: Fold) -> list[dict[str, Any]]:
    found = []
    for flow in fold.config.flows:
        for direction in GATES:
            state, cause = _state(fold, flow, direction)
            found.append(
                {
                    "flow": flow.name,
                    "direction": direction,
                    "state": {"open": "running"}.get(state, state),
                    "cause": cause or None,
                    "lag": 0,
                    "in_flight": _sum(fold, "in_flight", flow.name, direction),
                    "retrying": _sum(fold, "retrying", flow.name, direction),
                    "held": _sum(fold, "held", flow.name, direction),
                    "waiting": _sum(fold, "waiting", flow.name, direction)
                    + _sum(fold, "parentless", flow.name, direction)
                    + _sum(fold, "link_waiting", flow.name, direction),
                    "parked": _sum(fold, "parked", flow.name, direction),
                    "conflicts": sum(
                        _sum(fold, "conflicts", flow.name, winner) for winner in LOST[direction]
                    ),
                    "review": _sum(fold, "review", flow.name, direction)
                    + _sum(fold, "link_review", flow.name, direction),
                    "refused": _sum(fold, "refused", flow.name, direction),
                    "normalised": _sum(fold, "normalised", flow.name, direction),
                    "links": _sum(fold, "links", flow.name),
                }
            )
    return found


def _sources(fold: Fold) -> list[dict[str, Any]]:
    tenant = fold.tenant
    names = {v[0] for v in tenant.begun.values()} | set(tenant.passed)
    found = []
    for name in sorted(names):
        system, _, entity = name.partition("|")
        history = tenant.passed.get(name, [])
        begun = [v[1] for v in tenant.begun.values() if v[0] == name]
        found.append(
            {
                "system": system,
                "entity": entity,
                "round": tenant.rounds.get(name, 0),
                "begun_offset": max(begun, default=history[-1][0] if history else -1),
                "passed": history,
                "last_poll_at": tenant.polls.get(name),
                "last_scan_at": tenant.scans.get(name),
                "backfill": "done" if name in tenant.complete else "running",
                "cause": sources.failing(fold, system, entity, *sources.READING) or None,
            }
        )
    return found


def status(fold: Fold, args: Args) -> dict[str, Any]:
    """Where everything stands."""
    positions = {name: n for name, n in fold.tenant.positions.items() if "." in name.rsplit("/", 1)[0]}
    return {
        "flows": _flows(fold),
        "sources": _sources(fold),
        "in_flight": _sum(fold, "in_flight"),
        "retrying": _sum(fold, "retrying"),
        "retrying_why": attempts.sample(fold),
        "review": _sum(fold, "review") + _sum(fold, "link_review"),
        "waiting_round": _sum(fold, "waiting"),
        "poisoned": poison.count(fold),
        "unreadable": _sum(fold, "unreadable"),
        "queued": len(fold.tenant.queue),
        "positions": positions,
        "offset": fold.offset,
        "catching_up": fold.tenant.catching_up is not None,
        "lacking": catching_up.lacking(fold),
    }


def link_answer(fold: Fold, row: LinkRow) -> dict[str, Any]:
    """One link as `tandem links get` shows it."""
    flights = [(system, side_of(row, system).flight) for system in index.SYSTEMS]
    return {
        "link_id": row.id,
        "flow": row.flow,
        "state": state_of(row),
        "invoiced": row.invoiced.ref,
        "crm": row.crm.ref,
        "matched_by": row.matched_by or None,
        "invoiced_base": row.invoiced.base,
        "crm_base": row.crm.base,
        "invoiced_seen": row.invoiced.seen or None,
        "crm_seen": row.crm.seen or None,
        "in_flight": [
            {
                "id": f.id,
                "direction": f"to-{system}",
                "verb": f.verb,
                "changed": sorted(f.values),
                "since": f.sent_at,
            }
            for system, f in flights
            if f is not None
        ],
        "former": [*row.invoiced.former, *row.crm.former],
        "cause": link_cause_now(fold, row),
        "refused": {system: side_of(row, system).refused for system in index.SYSTEMS},
        "normalised": {system: side_of(row, system).normalised for system in index.SYSTEMS},
    }


def _alone(fold: Fold, row: RefRow) -> dict[str, Any]:
    """A record that stands in no link, in the same shape."""
    system = system_of(row.ref)
    seen = listing.seen_of(fold.config, row)
    empty: dict[str, Any] = link_answer(fold, LinkRow(id="", flow=row.flow or "", flow_version=0))
    state = "waiting" if row.state in {"unreadable", "waiting"} else row.state
    return {
        **empty,
        "link_id": None,
        "flow": row.flow,
        "state": state,
        system: row.ref,
        f"{system}_seen": seen,
        "cause": cause_now(fold, row),
        "candidates": list(row.candidates),
    }


def link(fold: Fold, args: Args) -> dict[str, Any]:
    """One link, by its id or by a ref."""
    name = str(args.get("link_id") or args.get("ref"))
    row = fold.link(name) or fold.link_of(name)
    if row is not None:
        return link_answer(fold, row)
    known = fold.ref(name)
    if known is None or known.state == "gone":
        raise NotFound(f"{name} is not known: it was never read, or is gone")
    return _alone(fold, known)


def decision(fold: Fold, args: Args) -> dict[str, Any]:
    """What came of a decision."""
    data = fold.view.get(keys.control_key(fold.config.tenant, f"decision|{args.get('id')}"))
    found: dict[str, Any] = (
        json.loads(data) if data is not None else {"done": False, "outcome": None, "pending": True}
    )
    return found


Answer = Callable[[Fold, Args], dict[str, Any]]
ANSWERS: dict[str, Answer] = {
    "status": status,
    "link": link,
    "decision": decision,
    **listing.LISTS,
}


def _unknown(what: str) -> Answer:
    def refuse(fold: Fold, args: Args) -> dict[str, Any]:
        raise NotFound(f"there is no question {what!r}; known: {', '.join(sorted(ANSWERS))}")

    return refuse


def question(fold: Fold, body: Question) -> None:
    """Answers on topic `control`, under the one key that the asker follows."""
    answer = ANSWERS.get(body.what, _unknown(body.what))
    told: dict[str, Any] = {"id": body.id, "at": fold.offset}
    try:
        told["answer"] = answer(fold, body.args)
    except NotFound as missing:
        told["error"] = {"code": "not_found", "message": str(missing)}
    gates.publish(fold, "answer", told)
