"""Catching up: a state that does not join up with its log is brought back from the public topics.

    begin ──► rows of `links` and `unlinked`, gates, the change topics once more ──► told ──► every source read
    whole once more, from a beginning behind `told` ──► lifted: all rows are computed, writing goes on

All of it comes through the log, as `restore` entries and changes, so a replay and another worker see the same.
While it is on nothing is written, joined or created: rows are kept as they are shown, and answers are not
taken. A command that was in flight stays in its row and is sent again afterwards, with the same id, so its
answer comes back without a request.
"""

from msgspec.structs import replace

from schemas.records import Event, Nudge, Restore
from streams.domain import gates, keys, queue
from streams.domain.config import Config
from streams.domain.fold import GATES, Fold
from streams.domain.index import SYSTEMS
from streams.domain.observe import recall, vanish
from streams.domain.refusal import Refused
from streams.domain.rounds import reached
from streams.domain.rows import LinkRow, RefRow, RefState, side_of, with_side
from streams.domain.slots import FREE
from streams.domain.tenant_row import CatchingUp
from streams.domain.view import Effects, View
from streams.domain.views import from_public

ABOUT_GATES = {"pause", "resume", "gate.approve", "breaker.approve", "breaker.reject"}


def begin(
    view: View, config: Config, gap: str, at: int, log: tuple[str, int], *, remembered: bool = True
) -> Effects:
    """What was known of rounds and places in topics is of another log; rows, if there are any, stay.

    `log`: its id and where it is folded from; they name the run. Where not even `links` has anything, no base is
    left to tell an edit by: a person opens the gates.
    """
    name, offset = "/".join((gap, *map(str, log))), log[1]
    fold = Fold(view, config, Event(id=name, tenant=config.tenant, at=at, offset=offset, body=Nudge(gap)))
    fold.tenant = replace(
        fold.tenant,
        catching_up=CatchingUp(name, gap, at),
        begun={},
        pending={},
        passed={},
        complete=(),
        positions={},
        decided={},
        over=(),
        queue=(),
    )
    if gap == "state lost" and not remembered:
        cause = f"{gap}: look at `tandem plan`, then `tandem gate approve`"
        for flow in config.flows:
            for direction in GATES:
                gates.turn(fold, flow.name, direction, "held", cause)
    _publish(fold, "begun")
    return fold.finish()


def restore(fold: Fold, body: Restore) -> None:
    """One row comes back. What another run has read, or the state has already, changes nothing."""
    now = fold.tenant.catching_up
    if now is None or body.run != now.id:
        return
    if body.what == "over":
        _told(fold, now, body)
    elif body.what == "gate":
        known = {body.link_id: [str(body.row["state"]), str(body.row.get("cause") or "")]}
        fold.tenant = replace(fold.tenant, gates={**known, **fold.tenant.gates})
    elif body.what == "unlinked":
        _unlinked(fold, body)
    else:
        row = fold.link(body.link_id)
        fold.put_link(_sent_again(row if row is not None else _linked(fold, body)))


def _told(fold: Fold, now: CatchingUp, body: Restore) -> None:
    """All is read back; now both systems are asked what has changed since, by reading them whole."""
    if now.told >= 0:
        return
    noted = body.row["ends"]
    ends = [list(end) for end in noted if isinstance(end, list)] if isinstance(noted, list) else []
    fold.tenant = replace(fold.tenant, catching_up=replace(now, told=fold.offset, ends=ends))
    gates.ensure(fold)
    for source in sources(fold.config):
        gates.publish(fold, f"backfill|{source}", {"id": now.id, "wanted": "start"})
    _publish(fold, "told")


def _linked(fold: Fold, body: Restore) -> LinkRow:
    """A link as it was published; its records, as far as changes have shown them already, as they are now."""
    row: LinkRow = replace(from_public(str(body.row["row"])), conflicts={})  # open ones are listed anew
    for system in SYSTEMS:
        side = side_of(row, system)
        if side.ref is not None:
            row = _taken(fold, row, system, side.ref)
        for ref in side.former:
            known = fold.ref(ref)
            if known is None or known.state in FREE:
                version = known.version if known is not None else 0
                _put(fold, row, ref, "former", version)
    return row


def _taken(fold: Fold, row: LinkRow, system: str, ref: str) -> LinkRow:
    known = fold.ref(ref)
    if known is not None and known.state == "linked" and known.link_id != row.id:
        return replace(row, review=f"{ref} stands in link {known.link_id} too")
    side = side_of(row, system)
    _put(fold, row, ref, "linked", side.version)
    if known is None or known.version <= side.version:
        return row
    flow = fold.config.flow(row.flow)
    if known.state == "gone":
        return vanish(flow, row, system, known.version, fold.now)
    return recall(flow, row, system, known) if known.image is not None else row


def _put(fold: Fold, row: LinkRow, ref: str, state: RefState, version: int) -> None:
    fold.put_ref(RefRow(ref=ref, state=state, version=version, link_id=row.id, flow=row.flow))


def _sent_again(row: LinkRow) -> LinkRow:
    """A command in flight is older than everything in this log, and due as soon as commands are made again."""
    for system in SYSTEMS:
        side = side_of(row, system)
        if side.flight is not None:
            row = with_side(row, system, replace(side, flight=replace(side.flight, sent_at=0, offset=0)))
    return row


def _unlinked(fold: Fold, body: Restore) -> None:
    """A record that stood in no link stands there again. Whose candidates were in doubt is weighed anew."""
    ref, row = body.link_id, body.row
    known = fold.ref(ref) or RefRow(ref=ref, state="waiting", generation=_generation(fold, ref))
    if known.state == "linked" and known.link_id is not None:
        return
    if known.state == "gone":  # intake was quicker: nobody tells its end again
        fold.send("unlinked", ref, None)
        return
    image = known.image if known.image is not None else row.get("image")
    flow = str(row["flow"]) if row.get("flow") is not None else None
    state: RefState = "waiting" if row.get("candidates") else str(row["state"])  # type: ignore[assignment]  # as published
    fold.put_ref(
        replace(
            known,
            state=state,
            link_id=None,
            flow=flow,
            image=image if isinstance(image, dict) else None,
            since=fold.offset,
            cause=str(row.get("cause") or ""),
            candidates=(),
        )
    )


def _generation(fold: Fold, ref: str) -> int:
    """The first one whose link is not taken: a parted link keeps its name to itself."""
    number = 0
    while fold.link(keys.link_id(fold.config.tenant, ref, number)) is not None:
        number += 1
    return number


def sources(config: Config) -> list[str]:
    """Everything a flow's barrier waits for, as system|entity."""
    return sorted(
        {
            f"{system}|{entity}"
            for flow in config.flows
            for system, names in flow.barrier.items()
            for entity in names
        }
    )


def lacking(fold: Fold) -> str:
    """What catching up still waits for; empty when nothing."""
    now = fold.tenant.catching_up
    if now is None:
        return ""
    if now.told < 0:
        return "the public topics are being read back"
    if not reached(fold, now.ends):
        return "intake has not reached the ends noted when it began"
    unread = [name.replace("|", " ") for name in sources(fold.config) if name not in now.scanned]
    return f"{', '.join(unread)} must be read whole once more" if unread else ""


def lift(fold: Fold) -> None:
    """Nothing is lacking: every row is computed anew, and what waits behind the barrier is decided."""
    now = fold.tenant.catching_up
    if now is None or lacking(fold):
        return
    fold.tenant = replace(fold.tenant, catching_up=None)
    for name, (state, cause) in fold.tenant.gates.items():
        gates.publish(fold, f"gate|{name}", {"state": state, "cause": cause})
    queue.push(fold, ("links", ""))
    queue.push(fold, ("list", "no_flow", "-", ""))
    gates.publish(fold, "catching_up", {"id": now.id, "state": "over", "cause": now.cause})


def refuse(fold: Fold, verb: str) -> None:
    """No decision on a row that may not be back yet; gates can be turned once they are."""
    now = fold.tenant.catching_up
    if now is not None and (now.told < 0 or verb not in ABOUT_GATES):
        raise Refused(f"catching up ({now.cause}): {lacking(fold)}; decide again when it is over")


def _publish(fold: Fold, state: str) -> None:
    now = fold.tenant.catching_up
    if now is not None:
        gates.publish(fold, "catching_up", {"id": now.id, "state": state, "cause": now.cause})
