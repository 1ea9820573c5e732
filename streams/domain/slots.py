"""The two places of a link, and the refs that may stand in them: one ref in one place of one link, always."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from streams.domain import lines, moves, queue
from streams.domain.fold import Fold
from streams.domain.index import parents, under_way
from streams.domain.observe import show
from streams.domain.rows import LinkRow, RefRow, side_of, unread, with_side

FREE = {"waiting", "review", "no_flow", "unreadable", "gone"}


def is_free(fold: Fold, ref: str, link_id: str) -> bool:
    row = fold.ref(ref)
    return row is None or row.state in FREE or row.link_id == link_id


def fill(
    fold: Fold, row: LinkRow, system: str, ref: str | None, image: Mapping[str, Any] | None, by: str = ""
) -> LinkRow | None:
    """The row with `ref` in its place; None where that place, or that ref, is taken otherwise."""
    if ref is None or not is_free(fold, ref, row.id):
        return None
    if side_of(row, system).ref not in {None, ref}:
        if not under_way(side_of(row, system)):
            return None
        row = moves.vacate(fold, row, system)
    if side_of(row, system).ref == ref and not side_of(row, system).gone:
        return row  # filled before: what was observed of it since is later than what it is filled with now
    known = fold.ref(ref) or RefRow(ref=ref, state="linked")
    latest = known.image if known.image is not None else image
    linked = replace(
        known, state="linked", link_id=row.id, flow=row.flow, image=None, cause="", candidates=(), read_at=0,
        parent="",
    )  # fmt: skip
    fold.put_ref(linked)
    row, latest = lines.keyed(fold.config.flow(row.flow), row, system, latest or {})
    side, flow = side_of(row, system), fold.flow(row)
    at = known.updated_at or known.read_at or fold.now
    filled = replace(
        side,
        ref=ref,
        former=tuple(one for one in side.former if one != ref),
        gone=0,
        version=known.version,
        read_at=known.read_at,
        updated_at=known.updated_at,
    )
    if latest:
        filled = show(flow, system, filled, latest, at)
    row = with_side(row, system, filled)
    _wake_children(fold, row)
    queue.reweigh(fold, ref)
    joined = fold.now if row.invoiced.ref is not None and row.crm.ref is not None else 0
    return replace(
        row, matched_by=row.matched_by or by, waiting=unread(row), retired=False, joined=row.joined or joined
    )


def _wake_children(fold: Fold, row: LinkRow) -> None:
    """Whoever names one of its records as a parent can now: itself, too."""
    named = {ref for parent in parents(fold.config, row).values() for ref in parent.values()}
    for ref in filter(None, (row.invoiced.ref, row.crm.ref)):
        queue.wake_children(fold, ref, itself=ref in named)


def place(fold: Fold, flow: Flow, row: RefRow, link_id: str, by: str = "") -> LinkRow:
    """A new link with this record in its place and nothing in the other."""
    system = row.ref.split(":", 1)[0]
    empty = LinkRow(id=link_id, flow=flow.name, flow_version=flow.version)
    filled = fill(fold, empty, system, row.ref, row.image, by)
    if filled is None:
        msg = f"{row.ref} stands in link {row.link_id} and was to start link {link_id}"
        raise ValueError(msg)
    return filled
