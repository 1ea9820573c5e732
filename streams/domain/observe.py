"""One side of a link sees its record: which properties it shows, which of them are edits, and since when."""

from collections.abc import Container, Mapping
from typing import Any

from msgspec.structs import replace

from schemas.flow import Flow
from schemas.flow_property import Property
from schemas.records import Change
from streams.domain.lenses import UNKNOWN, get, names, read_all
from streams.domain.rows import LinkRow, RefRow, Side, side_of, with_side
from streams.domain.values import same


def newer(side: Side, change: Change) -> bool:
    """Whether a change says more than what our own last write was answered with.

    Versions order the observations among themselves; against an answer, the read must have begun after it,
    or the record must carry a later stamp of its own system.
    """
    if change.version <= side.version:
        return False
    if change.source.read_at > side.answer_at:
        return True
    stamp, answered = change.source.updated_at, side.answer_updated
    return stamp is not None and answered is not None and stamp > answered


def at_rest(row: LinkRow) -> bool:
    """Whether nothing hangs on the link: then one more sight of the same record says only that it was seen.

    Anything under way or undecided may take even an unchanged image as an answer.
    """
    if row.waiting or row.review or row.hold or row.paused or row.forced or row.conflicts or row.retired:
        return False
    return _settled(row.invoiced) and _settled(row.crm)


def _settled(side: Side) -> bool:
    if side.ref is None or side.gone or side.missing or side.retry_at:
        return False
    if side.flow or side.leaving is not None or side.entered:
        return False
    return side.flight is None and side.unanswered is None and side.stuck is None and not side.doubt


Times = dict[str, int]


def _edit_times(flow: Flow, side: Side, seen: Mapping[str, Any], at: int, since: int) -> tuple[Times, Times]:
    """For each property that differs from its base: since when, at the earliest and at the latest, it may do so.

    A record's stamp is that of its last edit. Where an observation shows one property changed, it is that one's;
    where it shows several, each may have been edited at any time since the record was last read.
    """
    first, last = {}, {}
    lone = sum(side.seen.get(name) != value for name, value in seen.items()) <= 1
    for prop in flow.properties:
        name = prop.name
        if name not in seen or name not in side.base:
            continue
        if prop.type != "reference" and same(prop.type, seen[name], side.base[name]):
            continue
        known = name in side.edited_at and name in side.seen and side.seen[name] == seen[name]
        last[name] = side.edited_at[name] if known else at
        first[name] = side.edited_from.get(name, last[name]) if known else at if lone else min(since, at)
    return first, last


def show(
    flow: Flow, system: str, side: Side, image: Mapping[str, Any], at: int, since: int | None = None
) -> Side:
    """The side with this image as what it shows now. An edit in it is of `at`, or of any time from `since` on."""
    seen = read_all(flow.properties, system, image)
    first, last = _edit_times(flow, side, seen, at, at if since is None else since)
    return replace(side, image=dict(image), seen=seen, edited_at=last, edited_from=first, gone=0, missing=0)


def plain(flow: Flow) -> tuple[Property, ...]:
    """The properties that hold a value of the record's own: neither its archive nor a reference."""
    return tuple(prop for prop in flow.properties if prop.type not in {"archive", "reference"})


def archive_property(flow: Flow) -> Property | None:
    return next((prop for prop in flow.properties if prop.type == "archive"), None)


def in_use(flow: Flow, system: str, image: Mapping[str, Any]) -> bool:
    """Whether a record is not archived."""
    prop = archive_property(flow)
    return prop is None or get(prop, system, image) is not False


def revived(
    flow: Flow, system: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Property | None:
    """A restore in the CRM takes back the deletion mark only; it means 'in use' all the same."""
    prop = archive_property(flow)
    if prop is None or system != "crm" or before is None:
        return None
    *active, deleted = names(prop, "crm")
    restored = before.get(deleted) is True and after.get(deleted) is False
    return prop if restored and any(after.get(name) is False for name in active) else None


def unforce(flow: Flow, row: LinkRow, before: Side, after: Side, carried: Container[str] = ()) -> LinkRow:
    """An edit made after a decision replaces the decision. What we wrote ourselves (`carried`) is no edit."""
    kinds = {prop.name: prop.type for prop in flow.properties}
    sent = before.flight.source if before.flight is not None else {}
    back = before.base if _was_past(before, after) else {}
    gone = {
        name
        for name, (value, _) in row.forced.items()
        if name in after.seen
        and name not in carried
        and after.seen[name] not in (before.seen.get(name), back.get(name, UNKNOWN))
        and not any(same(kinds[name], after.seen[name], ours) for ours in (value, sent.get(name, value)))
    }
    return replace(row, forced={k: v for k, v in row.forced.items() if k not in gone}) if gone else row


def _was_past(before: Side, after: Side) -> bool:
    """Whether what a side showed was older than our last write there, and what it shows now is not."""
    ours = before.answer_updated
    if ours is None or before.updated_at is None or after.updated_at is None:
        return False
    return before.updated_at < ours <= after.updated_at


def _superseded(flow: Flow, before: Side, after: Side) -> Side:
    """What was edited on the record before is of no more account where somebody has since edited this one."""
    sent = before.flight.source if before.flight is not None else {}
    kinds = {prop.name: prop.type for prop in flow.properties}
    left = {
        name: edit
        for name, edit in before.entered.items()
        if name in sent
        or name not in before.seen
        or after.seen.get(name) == before.seen[name]
        or same(kinds[name], after.seen.get(name), edit[0])
    }
    return replace(after, entered=left) if left != before.entered else after


def observe(flow: Flow, row: LinkRow, system: str, change: Change, since: int | None = None) -> LinkRow:
    """The row after one side's change (not a delete). `since`: when it was last read, as far as the log shows."""
    before = side_of(row, system)
    source = change.source
    image = change.after or {}
    at = source.updated_at if source.updated_at is not None else source.read_at
    after = show(flow, system, before, image, at, since)
    after = replace(after, version=change.version, read_at=source.read_at, updated_at=source.updated_at)
    after = _superseded(flow, before, after)
    row = unforce(flow, row, before, after)
    prop = revived(flow, system, before.image, image)
    if prop is not None:
        row = replace(row, forced={**row.forced, prop.name: [True, ["invoiced", "crm"]]})
    return with_side(row, system, after)


def recall(flow: Flow, row: LinkRow, system: str, known: RefRow) -> LinkRow:
    """The row after what was seen of one side's record before its link was known again."""
    before = side_of(row, system)
    at = known.updated_at or known.read_at
    after = show(flow, system, before, known.image or {}, at, before.read_at)
    after = replace(after, version=known.version, read_at=known.read_at, updated_at=known.updated_at)
    return with_side(unforce(flow, row, before, after), system, after)


def vanish(flow: Flow, row: LinkRow, system: str, version: int, at: int) -> LinkRow:
    """The row after one side's record was seen to be gone: it shows 'not in use', and nothing else changes."""
    side = side_of(row, system)
    prop = archive_property(flow)
    seen = {**side.seen, prop.name: False} if prop is not None else side.seen
    side = replace(
        side, gone=at, seen=seen, version=max(version, side.version), flight=None, stuck=None, retry_at=0
    )
    side = replace(side, doubt={}, made_with={}, unanswered=None, again=False, tries=0)
    return with_side(row, system, side)
