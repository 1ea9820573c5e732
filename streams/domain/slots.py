"""The two places of a link, and the refs that may stand in them: one ref in one place of one link, always."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Found, Result
from streams.domain import queue
from streams.domain.fold import Fold
from streams.domain.index import named_by
from streams.domain.matching import verdict_of
from streams.domain.observe import show
from streams.domain.rows import Flight, LinkRow, RefRow, Side, other, side_of, unread, with_side

FREE = {"waiting", "review", "no_flow", "unreadable", "gone"}


def is_free(fold: Fold, ref: str, link_id: str) -> bool:
    row = fold.ref(ref)
    return row is None or row.state in FREE or row.link_id == link_id


def fill(
    fold: Fold, row: LinkRow, system: str, ref: str | None, image: Mapping[str, Any] | None, by: str = ""
) -> LinkRow | None:
    """The row with `ref` in its place; None where that place, or that ref, is taken otherwise."""
    if ref is None or not is_free(fold, ref, row.id) or side_of(row, system).ref not in {None, ref}:
        return None
    if side_of(row, system).ref == ref and not side_of(row, system).gone:
        return row  # filled before: what was observed of it since is later than what it is filled with now
    known = fold.ref(ref) or RefRow(ref=ref, state="linked")
    latest = known.image if known.image is not None else image
    linked = replace(
        known, state="linked", link_id=row.id, flow=row.flow, image=None, cause="", candidates=(), read_at=0
    )
    fold.put_ref(linked)
    side = side_of(row, system)
    flow = fold.config.flow(row.flow)
    at = known.updated_at or known.read_at or fold.now
    filled = replace(
        side, ref=ref, gone=0, version=known.version, read_at=known.read_at, updated_at=known.updated_at
    )
    if latest is not None:
        filled = show(flow, system, filled, latest, at)
    row = with_side(row, system, filled)
    for one in (ref, side_of(row, other(system)).ref):
        if one is not None:
            queue.wake_children(fold, one)
    queue.reweigh(fold, ref)
    joined = fold.now if row.invoiced.ref is not None and row.crm.ref is not None else 0
    return replace(
        row, matched_by=row.matched_by or by, waiting=unread(row), retired=False, joined=row.joined or joined
    )


def place(fold: Fold, flow: Flow, row: RefRow, link_id: str, by: str = "") -> LinkRow:
    """A new link with this record in its place and nothing in the other."""
    system = row.ref.split(":", 1)[0]
    empty = LinkRow(id=link_id, flow=flow.name, flow_version=flow.version)
    filled = fill(fold, empty, system, row.ref, row.image, by)
    if filled is None:
        msg = f"{row.ref} stands in link {row.link_id} and was to start link {link_id}"
        raise ValueError(msg)
    return filled


def found(fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result) -> LinkRow | None:
    """A create met records that may be the counterpart: exactly one free one is taken, none means create, else review."""
    system = result.system
    side = replace(side_of(row, system), flight=None, unanswered=None)
    row = with_side(row, system, side)
    if side.ref is not None:
        return row
    free = [one for one in result.found if is_free(fold, one.ref, row.id)]
    ours = [
        one
        for one in free
        if named_by(fold.config, one.ref, dict(one.image)) == side_of(row, other(system)).ref
    ]
    fitting = ours or [one for one in free if _verdict(flow, row, system, one) == "join"]
    if len(fitting) == 1:
        return _join(fold, row, system, fitting[0], result)
    doubtful = [one for one in free if _verdict(flow, row, system, one) == "review"]
    if fitting or doubtful:
        names = ", ".join(sorted(one.ref for one in fitting or doubtful))
        return replace(row, review=f"creating in {system} met {names}")
    taken = tuple(sorted(one.ref for one in result.found))
    return with_side(row, system, replace(side, taken=taken, retry_at=0))


def _verdict(flow: Flow, row: LinkRow, system: str, one: Found) -> str | None:
    return verdict_of(flow, side_of(row, other(system)).image or {}, other(system), dict(one.image))


def _join(fold: Fold, row: LinkRow, system: str, one: Found, result: Result) -> LinkRow | None:
    """The found record takes the place with no base: the first-match policy and the gate stand before any write."""
    side: Side = side_of(row, system)
    row = with_side(
        row, system, replace(side, base={}, doubt={}, again=False, tries=0, answer_at=result.read_at)
    )
    filled = fill(fold, row, system, one.ref, one.image, "found")
    if filled is None or side_of(filled, system).updated_at is not None:
        return filled
    return with_side(filled, system, replace(side_of(filled, system), updated_at=one.updated_at))
