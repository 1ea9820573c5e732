"""The two places of a link, and the refs that may stand in them: one ref in one place of one link, always."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.records import Found, Result
from streams.domain import doubt, queue
from streams.domain.fold import Fold
from streams.domain.index import named_by, nameless
from streams.domain.lenses import read_all
from streams.domain.matching import verdict_of
from streams.domain.observe import show
from streams.domain.rows import Flight, LinkRow, RefRow, Side, other, side_of, unread, with_side
from streams.domain.values import same

SECONDS = 10**11  # a stamp below is in seconds
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
        side,
        ref=ref,
        former=tuple(one for one in side.former if one != ref),
        gone=0,
        version=known.version,
        read_at=known.read_at,
        updated_at=known.updated_at,
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
    own = _own(fold, flow, row, flight, result, free)
    if len(own) == 1:
        taken_up = doubt.raised(side, flight, _asked(fold, result))
        filled = fill(fold, with_side(row, system, taken_up), system, own[0].ref, own[0].image, "own create")
        if filled is not None:
            return filled
    if len(own) > 1:
        return replace(row, review=f"creating in {system} met {', '.join(sorted(one.ref for one in own))}")
    ours = [
        one
        for one in free
        if named_by(fold.config, one.ref, dict(one.image)) == side_of(row, other(system)).ref
    ]
    fitting = ours or [one for one in free if _verdict(fold, flow, row, system, one) == "join"]
    if len(fitting) == 1:
        return _join(fold, row, system, fitting[0], result)
    doubtful = [one for one in free if _verdict(fold, flow, row, system, one) == "review"]
    if fitting or doubtful:
        names = ", ".join(sorted(one.ref for one in fitting or doubtful))
        return replace(row, review=f"creating in {system} met {names}")
    taken = tuple(sorted(one.ref for one in result.found))
    return with_side(row, system, replace(side, taken=taken, retry_at=0))


def _asked(fold: Fold, result: Result) -> int:
    """When it was answered, by the clock of the system that answered."""
    return result.read_at + fold.tenant.skews.get(result.system, 0)


def _own(
    fold: Fold, flow: Flow, row: LinkRow, flight: Flight, result: Result, free: list[Found]
) -> list[Found]:
    """What a create without an answer may have made, where nothing carries our name: no older than its first try."""
    side = side_of(row, result.system)
    if not nameless(flow, result.system) or not (flight.again or result.wrote):
        return []
    since = (side.first_try or flight.revision) + fold.tenant.skews.get(result.system, 0) - fold.config.tie_ms
    return [
        one
        for one in free
        if _made_at(one) >= since // 1000 * 1000 and _plausible(flow, result.system, flight, one)
    ]


def _made_at(one: Found) -> int:
    """When a record was made, in milliseconds; systems tell it in seconds, too."""
    stamp = one.image.get("created_at")
    if not isinstance(stamp, int) or isinstance(stamp, bool):
        return one.updated_at or 0
    return stamp * 1000 if stamp < SECONDS else stamp


def _plausible(flow: Flow, system: str, flight: Flight, one: Found) -> bool:
    """Whether it shows what was sent, as the API may have kept it."""
    shown = read_all(flow.properties, system, dict(one.image))
    plain = [prop for prop in flow.properties if prop.type not in {"archive", "reference"}]
    sent = [(prop, flight.source.get(prop.name)) for prop in plain]
    return all(
        value is None
        or same(prop.type, shown.get(prop.name), value)
        or doubt.may_be(shown.get(prop.name), value)
        for prop, value in sent
    )


def _verdict(fold: Fold, flow: Flow, row: LinkRow, system: str, one: Found) -> str | None:
    return verdict_of(fold, flow, side_of(row, other(system)).image or {}, other(system), dict(one.image))


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
