"""What people decide: an event with its content and an id, done once, whatever is repeated."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from schemas.records import Decision
from streams.domain import barrier, gates, index, keys
from streams.domain.fold import GATES, Fold
from streams.domain.links import converge
from streams.domain.records_json import conflict_from
from streams.domain.rows import LinkRow, RefRow, Side, side_of, with_side

Args = Mapping[str, Any]


class Refused(Exception):  # noqa: N818  # it is an answer to a person, not a fault
    """A decision that cannot be carried out: why, in words."""


def _flow(fold: Fold, args: Args) -> str:
    name = str(args.get("flow"))
    if not any(flow.name == name for flow in fold.config.flows):
        raise Refused(f"there is no flow {name!r}; flows: {', '.join(f.name for f in fold.config.flows)}")
    return name


def _link(fold: Fold, name: object) -> LinkRow:
    row = fold.link(str(name)) or fold.link_of(str(name))
    if row is None:
        raise Refused(f"there is no link {name!r}; `tandem links list` names them")
    return row


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
            gates.turn(fold, flow, direction, state, cause)
            turned.append(direction)
    return f"{flow}: {', '.join(turned) or 'nothing'} {state}"


def approve_gate(fold: Fold, args: Args) -> str:
    """The first run's gate opens: what was held is made now."""
    return _turn(fold, args, "held", "open", "")


def pause(fold: Fold, args: Args) -> str:
    """Nothing is written; polling goes on."""
    if args.get("link_id"):
        row = _link(fold, args["link_id"])
        fold.put_link(replace(row, paused=True))
        return f"{row.id} paused"
    return _turn(fold, args, "open", "paused", "paused by a person")


def resume(fold: Fold, args: Args) -> str:
    """The wishes of the time between are computed from the rows as they are."""
    if args.get("link_id"):
        row = _link(fold, args["link_id"])
        converge(fold, replace(row, paused=False, hold={}))
        return f"{row.id} resumed"
    return _turn(fold, args, "paused", "open", "")


def approve_breaker(fold: Fold, args: Args) -> str:
    """A tripped direction opens again."""
    return _turn(fold, args, "tripped", "open", "")


def reject_breaker(fold: Fold, args: Args) -> str:
    """A tripped direction stays closed until it is resumed."""
    return _turn(fold, args, "tripped", "paused", "rejected by a person")


def _parked(fold: Fold, args: Args) -> list[tuple[LinkRow, str]]:
    if args.get("id"):
        link_id, _, direction = str(args["id"]).partition(":to-")
        return [(_link(fold, link_id), direction or "crm")]
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
    """Parked wishes are tried again."""
    found = _parked(fold, args)
    for row, system in found:
        fresh = fold.link(row.id) or row
        converge(fold, with_side(fresh, system, replace(side_of(fresh, system), stuck=None, refused={})))
    return f"{len(found)} tried again"


def discard_parked(fold: Fold, args: Args) -> str:
    """A parked wish is given up: the difference is agreed as it stands, until one side is edited again."""
    for row, system in _parked(fold, args):
        side = side_of(row, system)
        if side.stuck is None:
            raise Refused(f"{args.get('id')} is not parked")
        flags = {name: [value, side.stuck.message] for name, value in side.stuck.wish.items()}
        fold.put_link(with_side(row, system, replace(side, stuck=None, refused={**side.refused, **flags})))
    return "given up"


def resolve(fold: Fold, args: Args) -> str:
    """Both sides take the value one side has."""
    take = str(args.get("take"))
    if take not in index.SYSTEMS:
        raise Refused(f"take {take!r} is none of invoiced, crm")
    conflict = next(
        (conflict_from(data) for data in _conflicts(fold) if str(args.get("id")) in data.decode()), None
    )
    if conflict is None:
        raise Refused(f"there is no conflict {args.get('id')!r}; `tandem conflicts list` names them")
    row = _link(fold, conflict.link_id)
    value = side_of(row, take).seen.get(conflict.property)
    converge(fold, replace(row, forced={**row.forced, conflict.property: [value, ["invoiced", "crm"]]}))
    return f"{conflict.property}: {take} is taken"


def _conflicts(fold: Fold) -> list[bytes]:
    prefix = f"{fold.config.tenant}|conflict|".encode()
    return [data for _, data in fold.view.scan(prefix, None, fold.config.work)]


def _unlinked(fold: Fold, ref: object) -> RefRow:
    row = fold.ref(str(ref))
    if row is None:
        raise Refused(f"{ref!r} was never seen; a ref is system:entity:id")
    return row


def join(fold: Fold, args: Args) -> str:
    """Two records are the same thing, says a person."""
    one, two = _unlinked(fold, args.get("a")), _unlinked(fold, args.get("b"))
    if index.system_of(one.ref) == index.system_of(two.ref):
        raise Refused(f"{one.ref} and {two.ref} are of the same system")
    free, partner = (one, two) if one.link_id is None else (two, one)
    if free.link_id is not None or free.flow is None:
        raise Refused(f"{free.ref} stands in link {free.link_id}")
    before = fold.link_of(partner.ref)
    if before is not None and side_of(before, index.system_of(free.ref)).ref is not None:
        raise Refused(f"{partner.ref} already has a counterpart")
    if before is not None and before.review:
        fold.put_link(replace(before, review=""))
    barrier.join(fold, fold.config.flow(free.flow), free, partner.ref, "a person")
    return f"{one.ref} and {two.ref} are one"


def separate(fold: Fold, args: Args) -> str:
    """A record in review is none of its candidates, says a person: it gets a counterpart of its own."""
    row = _unlinked(fold, args.get("ref"))
    if row.state != "review":
        raise Refused(f"{row.ref} is not in review")
    for name in row.candidates:
        candidate = fold.ref(name)
        if candidate is not None:
            fold.put_ref(replace(candidate, apart=(*candidate.apart, row.ref)))
    apart = (*row.apart, *row.candidates)
    fold.put_ref(replace(row, state="waiting", apart=apart, candidates=(), since=fold.offset))
    return f"{row.ref} stands for itself"


def unlink(fold: Fold, args: Args) -> str:
    """The two records part: neither is written any more for the other, and they are not joined again."""
    row = _link(fold, args.get("link_id") or args.get("ref"))
    refs = [side_of(row, system).ref for system in index.SYSTEMS]
    for system, counterpart in zip(index.SYSTEMS, reversed(refs), strict=True):
        side = side_of(row, system)
        known = fold.ref(side.ref) if side.ref is not None else None
        if known is not None:
            apart = (*known.apart, counterpart) if counterpart else known.apart
            fold.put_ref(_freed(known, row, side, apart, fold.offset))
    fold.put_link(LinkRow(id=row.id, flow=row.flow, flow_version=row.flow_version, retired=True))
    return f"{row.id} is parted"


def _freed(known: RefRow, row: LinkRow, side: Side, apart: tuple[str, ...], offset: int) -> RefRow:
    return replace(
        known,
        state="review",
        link_id=None,
        generation=known.generation + 1,
        flow=row.flow,
        image=side.image,
        version=side.version,
        apart=apart,
        since=offset,
        cause="a person has parted it from its counterpart",
    )


VERBS: dict[str, Callable[[Fold, Args], str]] = {
    "gate.approve": approve_gate,
    "pause": pause,
    "resume": resume,
    "breaker.approve": approve_breaker,
    "breaker.reject": reject_breaker,
    "parked.replay": replay_parked,
    "parked.discard": discard_parked,
    "conflicts.resolve": resolve,
    "review.join": join,
    "links.join": join,
    "review.separate": separate,
    "links.unlink": unlink,
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
        outcome = {"done": True, "outcome": _verb(body.verb)(fold, body.args)}
    except Refused as refusal:
        outcome = {"done": False, "outcome": str(refusal)}
    fold.extra[key] = json.dumps({**outcome, "at": fold.now, "verb": body.verb}).encode()
