"""What people decide: an event with its content and an id, done once, whatever is repeated."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.records import Conflict, Decision
from streams.domain import (
    attempts,
    breakers,
    catching_up,
    gates,
    index,
    keys,
    links,
    parting,
    poison,
    sources,
)
from streams.domain.config import side as flow_side
from streams.domain.fold import GATES, Fold
from streams.domain.links import converge
from streams.domain.records_json import conflict_from
from streams.domain.refusal import Args, Refused, link_of
from streams.domain.rows import LinkRow, Side, side_of, with_side
from streams.domain.values import same


def _flow(fold: Fold, args: Args) -> str:
    name = str(args.get("flow"))
    if not any(flow.name == name for flow in fold.config.flows):
        raise Refused(f"there is no flow {name!r}; flows: {', '.join(f.name for f in fold.config.flows)}")
    return name


def _directions(args: Args) -> tuple[str, ...]:
    wanted = args.get("direction")
    if wanted is None:
        return GATES
    if wanted not in GATES:
        raise Refused(f"direction {wanted!r} is none of {', '.join(GATES)}")
    return (str(wanted),)


def _turn(fold: Fold, args: Args, before: str, state: str, cause: str) -> str:
    flow, turned = _flow(fold, args), []
    for direction in _directions(args):
        if before in {"", fold.tenant.gates[f"{flow}|{direction}"][0]}:
            if state == "open":
                breakers.allow(fold, flow, direction)
            gates.turn(fold, flow, direction, state, cause)
            turned.append(direction)
    return f"{flow}: {', '.join(turned) or 'nothing'} {state}"


def approve_gate(fold: Fold, args: Args) -> str:
    """The first run's gate opens: what was held is made now."""
    return _turn(fold, args, "held", "open", "")


def pause(fold: Fold, args: Args) -> str:
    """Nothing is written; polling goes on."""
    if args.get("link_id"):
        row = link_of(fold, args["link_id"])
        fold.put_link(replace(row, paused=True))
        gates.publish(fold, f"link|{row.id}", {"state": "paused"})
        return f"{row.id} paused"
    return _turn(fold, args, "open", "paused", "paused by a person")


def resume(fold: Fold, args: Args) -> str:
    """The wishes of the time between are computed from the rows as they are."""
    if args.get("link_id"):
        row = link_of(fold, args["link_id"])
        gates.publish(fold, f"link|{row.id}", {"state": "open"})
        converge(fold, replace(row, paused=False, hold={}))
        return f"{row.id} resumed"
    return _turn(fold, args, "paused", "open", "")


def approve_breaker(fold: Fold, args: Args) -> str:
    """A tripped direction opens again; records missing from a whole source are asked for one by one."""
    return _judged(fold, args, "approve", _turn(fold, args, "tripped", "open", ""))


def reject_breaker(fold: Fold, args: Args) -> str:
    """A tripped direction stays closed until it is resumed; missing records are left as they are."""
    return _judged(fold, args, "reject", _turn(fold, args, "tripped", "paused", "rejected by a person"))


def _judged(fold: Fold, args: Args, wanted: str, outcome: str) -> str:
    found = [way for way in _directions(args) if sources.judge(fold, _flow(fold, args), way, wanted)]
    return f"{outcome}; missing records: {wanted}" if found else outcome


def _parked(fold: Fold, args: Args) -> list[tuple[LinkRow, str]]:
    if poison.named(args):
        return []
    if args.get("id"):
        link_id, _, direction = str(args["id"]).partition(":to-")
        return [(link_of(fold, link_id), direction or "crm")]
    found = []
    for key in fold.entries("list", "parked"):
        row = fold.link(keys.last_part(key))
        system = key.decode().split("|")[-2].removeprefix("to-")
        if row is not None and _wanted(row, side_of(row, system), args):
            found.append((row, system))
    return found


def _wanted(row: LinkRow, side: Side, args: Args) -> bool:
    cause = side.stuck.cause if side.stuck is not None else None
    return args.get("flow") in {None, row.flow} and args.get("cause") in {None, cause}


def replay_parked(fold: Fold, args: Args) -> str:
    """Parked wishes and entries are tried again."""
    found, entries = _parked(fold, args), poison.chosen(fold, args)
    for entry in entries:
        poison.replay(fold, entry)
    for row, system in found:
        fresh = fold.link(row.id) or row
        converge(fold, with_side(fresh, system, attempts.again(side_of(fresh, system))))
        attempts.aged(fold, row.id, system)
    return f"{len(found) + len(entries)} tried again"


def discard_parked(fold: Fold, args: Args) -> str:
    """A parked wish is given up: the difference is agreed as it stands, until one side is edited again."""
    for entry in poison.chosen(fold, args):
        poison.discard(fold, entry)
    for row, system in _parked(fold, args):
        side = side_of(row, system)
        if side.stuck is None:
            raise Refused(f"{args.get('id')} is not parked")
        flags = {name: [value, side.stuck.message] for name, value in side.stuck.wish.items()}
        fold.put_link(with_side(row, system, replace(side, stuck=None, refused={**side.refused, **flags})))
    return "given up"


def resolve(fold: Fold, args: Args) -> str:
    """Both sides take the value of one side: the present one of an open conflict, else the one it was decided on."""
    take = str(args.get("take"))
    if take not in index.SYSTEMS:
        raise Refused(f"take {take!r} is none of invoiced, crm")
    conflict = _conflict(fold, str(args.get("id")))
    if conflict is None:
        raise Refused(f"there is no conflict {args.get('id')!r}; `tandem conflicts list` names them")
    row = link_of(fold, conflict.link_id)
    value = _taken(fold, row, conflict, take)
    converge(fold, replace(row, forced={**row.forced, conflict.property: [value, ["invoiced", "crm"]]}))
    decided = {"take": take, "at": fold.now}
    fold.extra[keys.conflict_resolved(fold.config.tenant, conflict.id)] = msgspec.json.encode(decided)
    return f"{conflict.property}: {take} is taken"


def _taken(fold: Fold, row: LinkRow, conflict: Conflict, take: str) -> Any:
    """The value to be set; a decided conflict is not reopened over a later edit."""
    flow, name = fold.flow(row), conflict.property
    both = links.values(fold, flow, row)
    shown = [both[system].get(name) for system in index.SYSTEMS]
    if conflict.winner == "open":
        return shown[index.SYSTEMS.index(take)]
    kind = next((prop.type for prop in flow.properties if prop.name == name), "text")
    values = (conflict.invoiced, conflict.crm)
    if not all(any(same(kind, one, known) for known in values) for one in shown):
        raise Refused(f"{name} was edited since the conflict was decided: edit it in either system instead")
    return conflict.invoiced if take == "invoiced" else conflict.crm


def _conflict(fold: Fold, name: str) -> Conflict | None:
    place = fold.view.get(keys.conflict_place(fold.config.tenant, name))
    data = fold.view.get(place) if place is not None else None
    return conflict_from(data) if data is not None else None


def _source(fold: Fold, args: Args) -> tuple[str, str]:
    system, entity = str(args.get("system")), str(args.get("entity"))
    known = {(s, flow_side(flow, s).entity) for flow in fold.config.flows for s in index.SYSTEMS}
    if (system, entity) not in known:
        names = ", ".join(sorted(" ".join(pair) for pair in known))
        raise Refused(f"no flow reads {system} {entity}; sources: {names}")
    return system, entity


def start_backfill(fold: Fold, args: Args) -> str:
    """The source is read whole once more, beside live polling."""
    system, entity = _source(fold, args)
    gates.publish(fold, f"backfill|{system}|{entity}", {"id": fold.event.id, "wanted": "start"})
    return f"{system} {entity}: is read whole"


def stop_backfill(fold: Fold, args: Args) -> str:
    """The whole reading waits where it is."""
    system, entity = _source(fold, args)
    gates.publish(fold, f"backfill|{system}|{entity}", {"id": fold.event.id, "wanted": "stop"})
    return f"{system} {entity}: the whole reading waits"


VERBS: dict[str, Callable[[Fold, Args], str]] = {
    "gate.approve": approve_gate,
    "pause": pause,
    "resume": resume,
    "backfill.start": start_backfill,
    "backfill.stop": stop_backfill,
    "breaker.approve": approve_breaker,
    "breaker.reject": reject_breaker,
    "parked.replay": replay_parked,
    "parked.discard": discard_parked,
    "conflicts.resolve": resolve,
    "review.join": parting.join,
    "links.join": parting.join,
    "review.separate": parting.separate,
    "links.unlink": parting.unlink,
}


def _verb(name: str) -> Callable[[Fold, Args], str]:
    if name not in VERBS:
        raise Refused(f"there is no decision {name!r}; known: {', '.join(sorted(VERBS))}")
    return VERBS[name]


def decision(fold: Fold, body: Decision) -> None:
    """Carries a decision out, once by its id, and keeps what came of it."""
    key = keys.control_key(fold.config.tenant, f"decision|{body.id}")
    if fold.view.get(key) is not None:
        return
    try:
        catching_up.refuse(fold, body.verb)
        outcome = {"done": True, "outcome": _verb(body.verb)(fold, body.args)}
    except Refused as refusal:
        outcome = {"done": False, "outcome": str(refusal)}
    fold.extra[key] = json.dumps({**outcome, "at": fold.now, "verb": body.verb}).encode()
