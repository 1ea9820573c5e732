"""Whose record a change is: a link's, or nobody's yet."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Change, Unreadable
from streams.domain import barrier, index, leaving, lines, moves, queue, slots, sources
from streams.domain.fold import Fold
from streams.domain.lenses import names
from streams.domain.links import converge
from streams.domain.observe import at_rest, in_use, newer, observe, vanish
from streams.domain.owners import flow_of
from streams.domain.references import system_of
from streams.domain.rows import UNREAD, LinkRow, RefRow, other, side_of, unread

BARRIER = "both sides are read once more before anything is joined or created"


def change(fold: Fold, body: Change) -> None:
    """Takes one observed version."""
    row = fold.ref(body.ref)
    if row is not None and row.state == "linked" and row.link_id is not None:
        link = fold.link(row.link_id)
        if link is not None:
            _linked(fold, row, link, body)
    elif row is not None and row.state == "former":
        _former(fold, row, body)
    elif row is None or body.version > row.version:
        _unlinked(fold, row, body)


def _linked(fold: Fold, row: RefRow, link: LinkRow, body: Change) -> None:
    system = body.source.system
    if body.after is not None:
        link, shown = lines.keyed(fold.config.flow(link.flow), link, system, body.after)
        body = replace(body, after=shown)
    mine = side_of(link, system)
    flow = fold.config.flow(mine.flow) if mine.flow else fold.flow(link)
    if body.version > mine.version and unread(link).startswith(f"{body.ref}{UNREAD}"):
        link = replace(link, waiting="")  # it can be read again, or there is nothing to be read any more
        fold.put_link(link)
    if body.op == "d":
        if body.version > mine.version:
            converge(fold, vanish(flow, link, system, body.version, fold.now))
        return
    if not newer(mine, body):  # one that shows what is known counts too: somebody has undone what we wrote
        return
    if mine.image == body.after and at_rest(link):
        source = body.source
        fold.put_ref(replace(row, version=body.version, read_at=source.read_at, updated_at=source.updated_at))
        return
    polled = fold.tenant.polls.get(f"{system}|{body.source.entity}")
    since = polled if fold.tenant.catching_up is None else mine.read_at
    after = observe(flow, link, system, body, since)
    if mine.gone:  # it is back: who waits for it as a parent may name it again
        far = side_of(link, other(system)).ref
        queue.wake_children(fold, far or body.ref)
    taker = flow_of(fold.config, system, body.source.entity, body.after or {})
    if taker is None:
        fold.put_link(replace(after, review=f"{body.ref} now belongs to flow none, its link to {flow.name}"))
        return
    if after.review.startswith((body.ref, moves.DIFFERENT)):
        after = replace(after, review="")
    converge(fold, after)


def _former(fold: Fold, row: RefRow, body: Change) -> None:
    """A record whose place another has taken: its end concerns nobody; should it live again, a person decides."""
    flow = flow_of(fold.config, body.source.system, body.source.entity, body.after or {})
    if body.version <= row.version:
        return
    link = fold.link_of(row.ref)
    after = leaving.seen(fold, row, link, body) if link is not None else None
    if after is not None:
        converge(fold, after)
        return
    if body.op != "d" and body.source.read_at <= row.read_at:
        return  # read before its end was answered
    if flow is None or body.op == "d" or not in_use(flow, body.source.system, body.after or {}):
        fold.put_ref(replace(row, version=body.version))
        return
    if _returned(fold, flow, row, body):
        return
    cause = f"it had its place in link {row.link_id} before, and is in use again"
    fold.put_ref(
        replace(
            row,
            state="review",
            version=body.version,
            link_id=None,
            generation=row.generation + 1,
            flow=flow.name,
            image=dict(body.after or {}),
            cause=cause,
        )
    )


def _returned(fold: Fold, flow: Flow, row: RefRow, body: Change) -> bool:
    """A record made anew under the id it had before takes its own place again, if that is being made or free."""
    system, link = body.source.system, fold.link_of(row.ref)
    fixed = any(prop.fixed and names(prop, system)[0] == "id" for prop in flow.properties)
    if not fixed or link is None or link.flow != flow.name or side_of(link, system).ref is not None:
        return False
    source = body.source
    seen = replace(row, version=body.version, read_at=source.read_at, updated_at=source.updated_at)
    fold.put_ref(replace(seen, image=dict(body.after or {})))
    filled = slots.fill(fold, link, system, row.ref, body.after, "the same id")
    if filled is not None:
        converge(fold, filled)
    return filled is not None


def _unlinked(fold: Fold, row: RefRow | None, body: Change) -> None:
    """Keeps the latest image of a record that stands in no link, and waits for the barrier."""
    known = row or RefRow(ref=body.ref, state="waiting", since=fold.offset)
    if body.op == "d":
        fold.put_ref(replace(known, state="gone", version=body.version, image=None, cause="", candidates=()))
        queue.reweigh(fold, body.ref)
        return
    image = dict(body.after or {})
    flow = flow_of(fold.config, body.source.system, body.source.entity, image)
    if flow is not None and known.state == "review" and not known.candidates:
        _keep(fold, known, body, flow)  # a person has parted it: no edit brings it back
        return
    fresh = replace(
        known,
        version=body.version,
        image=image,
        read_at=body.source.read_at,
        updated_at=body.source.updated_at,
        flow=flow.name if flow is not None else None,
        state="waiting" if flow is not None else "no_flow",
        since=fold.offset if row is None or flow is None or _rekeyed(flow, row, image) else known.since,
        cause=BARRIER if flow else _no_flow(body),
        candidates=(),
        parent="",
    )
    fold.put_ref(fresh)
    if flow is not None and not barrier.creating_for(fold, fresh):
        queue.reweigh(fold, body.ref)


def _keep(fold: Fold, row: RefRow, body: Change, flow: Flow) -> None:
    source = body.source
    fold.put_ref(
        replace(
            row,
            version=body.version,
            image=dict(body.after or {}),
            flow=flow.name,
            read_at=source.read_at,
            updated_at=source.updated_at,
        )
    )


def _no_flow(body: Change) -> str:
    kind = (body.after or {}).get("type")
    return f"no flow takes a {body.source.system} {body.source.entity}" + (f" of type {kind}" if kind else "")


def _rekeyed(flow: Flow, row: RefRow, image: Mapping[str, Any]) -> bool:
    """Whether a value that a rule looks at has changed: then the record counts as seen anew."""
    if row.image is None or row.state != "waiting":
        return True
    system = system_of(row.ref)
    return index.read_keys(flow, system, row.image) != index.read_keys(flow, system, image)


def _readable(fold: Fold, row: RefRow | None) -> None:
    """It can be read again, and shows what it showed before."""
    link = fold.link_of(row.ref) if row is not None else None
    if link is not None and row is not None and row.state == "linked":
        converge(fold, replace(link, waiting=""))
    elif row is not None and row.state == "waiting":
        fold.put_ref(replace(row, cause=BARRIER))


def unreadable(fold: Fold, body: Unreadable) -> None:
    """Lists a record the source showed and nobody could read; a linked one keeps its last image."""
    if body.ref is None or body.page == sources.MERGED:
        (sources.unreadable if body.ref is None else sources.merged)(fold, body)
        return
    row = fold.ref(body.ref)
    if not body.cause:
        _readable(fold, row)
        return
    if row is None or (row.image is None and row.state in {"unreadable", "gone"}):
        known = row or RefRow(ref=body.ref, state="unreadable")
        fold.put_ref(replace(known, state="unreadable", cause=body.cause))
        return
    if row.state == "waiting":  # it was read before, and nothing is published while it stays as it was
        fold.put_ref(replace(row, cause=f"cannot be read: {body.cause}"))
        return
    link = fold.link_of(body.ref)
    if link is not None and row.state == "linked":  # what a former record shows holds nothing up
        fold.put_link(replace(link, waiting=f"{body.ref}{UNREAD}{body.cause}"))
