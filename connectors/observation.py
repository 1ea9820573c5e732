"""What an observed record means beside the version we hold: nothing, a change, or too old to tell."""

from typing import Literal

from msgspec import Struct

from connectors.image import changed_names, fill_vanished
from connectors.noise import noise_of
from connectors.past import Answered, goes_back
from connectors.source import Seen
from schemas.records import Change, Source


class Reader(Struct, frozen=True):
    """On whose behalf a page was read. A scan's id stands in the changes it finds."""

    epoch: int
    scan_id: str | None = None
    backfill: bool = False


class Verdict(Struct, frozen=True):
    """`change` is to be published; `reread`: the answer may be older than what we hold, ask for the record itself.

    `doubtful`: the record itself shows what may be a past, so nothing is published before a later round.
    """

    change: Change | None = None
    reread: bool = False
    doubtful: bool = False


NOTHING = Verdict()


def judge(
    seen: Seen,
    held: Change | None,
    reader: Reader,
    *,
    by_id: bool,
    clouded: bool,
    now: int,
    written: bool = False,
    answered: Answered | None = None,
    newest: int = 0,
    certain: bool = False,
) -> Verdict:
    """Compare a record with the version we hold.

    A page may be older than that version (it was asked for earlier, or shows a past, or we were writing the record
    meanwhile). Then the record is read by its id. If that answer shows a past, too, the record is in doubt until a
    later round reads it so again; then it is `certain`, and counts whatever it shows: stamps of a clock that was
    set back would never be accepted.
    `answered`: what our last write of it was answered with. `newest`: the latest stamp under which it showed the held
    version, which may be later than that version's own: it was changed and changed back. `written`: we wrote the record after the held version
    was read. If it shows that version under a later stamp, somebody has taken our write back before we saw it:
    that is an edit.
    """
    if held is not None and held.op != "d":
        nothing = clouded or not (written and _later(seen, held))
        return _known(
            seen, held, reader, by_id=by_id, clouded=clouded, now=now, nothing=nothing,
            answered=answered, newest=newest, certain=certain,
        )  # fmt: skip
    if clouded and not by_id:
        return Verdict(reread=True)
    op: Literal["c", "r"] = "r" if reader.backfill else "c"
    system, entity = seen.ref.split(":")[:2]
    names = changed_names(None, seen.image, noise_of(system, entity))
    change = Change(op, seen.ref, _version(held, seen), source_of(seen, reader), now, None, seen.image, names)
    return Verdict(change)


def _known(
    seen: Seen, held: Change, reader: Reader, *, by_id: bool, clouded: bool, now: int, nothing: bool,
    answered: Answered | None, newest: int, certain: bool,
) -> Verdict:  # fmt: skip
    """Judge a record that is held. `nothing`: to show the very version held says nothing."""
    system, entity = seen.ref.split(":")[:2]
    noise = noise_of(system, entity)
    after = fill_vanished(seen.image, held.after)
    names = changed_names(held.after, after, noise)
    if not names and nothing:
        return NOTHING
    older = seen.updated_at is not None and seen.updated_at < newest
    back = not certain and (older or goes_back(seen, after, held, answered, noise))
    if not by_id and (clouded or back or seen.asked_at < held.source.read_at):
        return Verdict(reread=True)
    if back:
        return Verdict(doubtful=True)
    return Verdict(
        Change("u", seen.ref, _version(held, seen), source_of(seen, reader), now, held.after, after, names)
    )


def deletion(ref: str, held: Change, reader: Reader, read_at: int, now: int) -> Change:
    """Return the change that says a record is gone."""
    _, entity, number = ref.split(":", 2)
    source = Source(held.source.system, entity, number, read_at, reader.epoch, None, reader.scan_id)
    return Change("d", ref, max(held.version + 1, read_at), source, now, held.after, None, ())


def again(held: Change, epoch: int, met: int, now: int) -> Change:
    """Return the held version as a new one, above a version an older epoch has put after it."""
    source = Source(
        held.source.system,
        held.source.entity,
        held.source.id,
        held.source.read_at,
        epoch,
        held.source.updated_at,
        held.source.scan_id,
    )
    return Change(
        held.op,
        held.ref,
        max(held.version, met, now - 1) + 1,
        source,
        now,
        held.before,
        held.after,
        held.changed,
    )


def source_of(seen: Seen, reader: Reader) -> Source:
    """Return where and when a version was read."""
    system, entity, number = seen.ref.split(":", 2)
    return Source(system, entity, number, seen.asked_at, reader.epoch, seen.updated_at, reader.scan_id)


def _later(seen: Seen, held: Change) -> bool:
    return (seen.updated_at or 0) > (held.source.updated_at or 0)


def _version(held: Change | None, seen: Seen) -> int:
    return max(held.version + 1 if held is not None else 0, seen.asked_at)
