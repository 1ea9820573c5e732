"""The public views of a row: what other teams read, and what brings the rows back when Kafka's tables are lost."""

from collections.abc import Iterator

import msgspec

from schemas.records import Link, Origin, Parked, Unlinked
from streams.domain.rows import LinkRow, RefRow, Side, side_of
from streams.domain.states import cause_of, state_of
from streams.domain.view import Output

_json = msgspec.json.Encoder()
LISTED = {"waiting", "review", "no_flow", "unreadable"}


def unlinked(before: RefRow | None, after: RefRow, at: int) -> Iterator[Output]:
    """`unlinked` names a record while it stands in no link; a tombstone once it does, or is gone."""
    if after.state in LISTED:
        record = Unlinked(
            ref=after.ref,
            state=after.state,
            at=at,
            cause=after.cause,
            flow=after.flow,
            candidates=after.candidates,
            image=after.image,
        )
        yield Output("unlinked", after.ref, record)
    elif before is not None and before.state in LISTED:
        yield Output("unlinked", after.ref, None)


def _public(row: LinkRow, at: int) -> Link:
    return Link(
        link_id=row.id,
        flow=row.flow,
        flow_version=row.flow_version,
        state=state_of(row),
        at=at,
        invoiced=row.invoiced.ref,
        crm=row.crm.ref,
        former=row.invoiced.former + row.crm.former,
        matched_by=row.matched_by or None,
        hold=", ".join(sorted(row.hold)) or None,
        cause=cause_of(row),
        row=_json.encode(row).decode(),
    )


def parked_view(row: LinkRow, system: str, side: Side) -> Parked | None:
    """One parked wish, as listed and published."""
    stuck = side.stuck
    if stuck is None:
        return None
    return Parked(
        id=f"{row.id}:to-{system}",
        link_id=row.id,
        flow=row.flow,
        direction=f"to-{system}",
        cause=stuck.cause,
        message=stuck.message,
        attempts=stuck.attempts,
        first_at=stuck.first_at,
        origin=Origin(*stuck.origin) if stuck.origin else None,
    )


def link(before: LinkRow | None, after: LinkRow, at: int) -> Iterator[Output]:
    """`links` carries every version of a row; `parked` only what changes there."""
    yield Output("links", after.id, _public(after, at))
    for system in ("invoiced", "crm"):
        old = side_of(before, system).stuck if before is not None else None
        new = side_of(after, system)
        if new.stuck != old:
            yield Output("parked", f"{after.id}:to-{system}", parked_view(after, system, new))


def from_public(link_row: str) -> LinkRow:
    """The row a `links` record carries."""
    return msgspec.json.decode(link_row.encode(), type=LinkRow)
