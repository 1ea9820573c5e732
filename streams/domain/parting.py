"""What people say of records: these two are one, these are not, these two part."""

from msgspec.structs import replace

from streams.domain import barrier, index, queue
from streams.domain.endings import freed
from streams.domain.fold import Fold
from streams.domain.references import system_of
from streams.domain.refusal import Args, Refused, link_of
from streams.domain.rows import LinkRow, RefRow, side_of


def _unlinked(fold: Fold, ref: object) -> RefRow:
    row = fold.ref(str(ref))
    if row is None:
        raise Refused(f"{ref!r} was never seen; a ref is system:entity:id")
    return row


def join(fold: Fold, args: Args) -> str:
    """Two records are the same thing, says a person."""
    one, two = _unlinked(fold, args.get("a")), _unlinked(fold, args.get("b"))
    if system_of(one.ref) == system_of(two.ref):
        raise Refused(f"{one.ref} and {two.ref} are of the same system")
    free, partner = (one, two) if one.link_id is None else (two, one)
    if free.link_id is not None or free.flow is None:
        raise Refused(f"{free.ref} stands in link {free.link_id}")
    for row in (free, partner):
        if row.state in {"former", "gone"}:
            raise Refused(f"{row.ref} is no record in use: join it when it is restored")
    before = fold.link_of(partner.ref)
    theirs = before.flow if before is not None else partner.flow
    if theirs != free.flow:
        raise Refused(f"{free.ref} is of flow {free.flow}, {partner.ref} of {theirs}")
    if before is not None and side_of(before, system_of(free.ref)).ref is not None:
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
    if row.image is None:  # no record of its own: a person was told of something
        fold.put_ref(replace(row, state="gone", cause=""))
        return f"{row.ref} is listed no more"
    for name in row.candidates:
        candidate = fold.ref(name)
        if candidate is not None:
            fold.put_ref(replace(candidate, apart=(*candidate.apart, row.ref)))
    apart = (*row.apart, *row.candidates)
    fold.put_ref(replace(row, state="waiting", apart=apart, candidates=(), since=fold.offset))
    return f"{row.ref} stands for itself"


def unlink(fold: Fold, args: Args) -> str:
    """The two records part: neither is written any more for the other, and they are not joined again."""
    row = link_of(fold, args.get("link_id") or args.get("ref"))
    refs = [side_of(row, system).ref for system in index.SYSTEMS]
    for system, counterpart in zip(index.SYSTEMS, reversed(refs), strict=True):
        side = side_of(row, system)
        known = fold.ref(side.ref) if side.ref is not None else None
        if known is not None:
            apart = (*known.apart, counterpart) if counterpart else known.apart
            cause = "a person has parted it from its counterpart"
            fold.put_ref(replace(freed(known, row, side, fold.offset, cause), apart=apart))
            queue.wake_children(fold, known.ref)
    fold.put_link(LinkRow(id=row.id, flow=row.flow, flow_version=row.flow_version, retired=True))
    return f"{row.id} is parted"
