"""Entries of the log on which a fold raised: listed with their place, to be tried again or given up.

What such an entry said is not in the state. A change among them would be lost for good (its poller has published
it), so the entry's own bytes are kept, and a replay appends them to the log again.
"""

from typing import Any

import msgspec
from msgspec import Struct

from schemas.records import Origin, Parked
from streams.domain import keys
from streams.domain.fold import Fold
from streams.domain.refusal import Args, Refused
from streams.domain.view import Again

CAUSE = "poison"
HEAD = "event:"
MOST_BYTES = 1 << 20  # a row must fit the changelog, and a bug may poison many
MOST_TEXT = 2_000


class Poisoned(Struct, frozen=True, array_like=True):
    """One such entry: how it is listed, and its bytes; None where they are too many to keep."""

    parked: Parked
    value: bytes | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Poisoned)


def poisoned(origin: Origin, value: bytes | None, at: int, error: Exception) -> Poisoned:
    """The row of an entry that could not be folded."""
    parked = Parked(
        id=f"{HEAD}{origin.topic}/{origin.partition}/{origin.offset}",
        link_id="",
        flow="",
        direction="",
        cause=CAUSE,
        message=f"{type(error).__name__}: {error}"[:MOST_TEXT],
        attempts=1,
        first_at=at,
        origin=origin,
    )
    return Poisoned(parked, value if value is not None and len(value) <= MOST_BYTES else None)


def encode(row: Poisoned) -> bytes:
    return _encoder.encode(row)


def listed(fold: Fold, after: bytes | None, limit: int) -> list[tuple[bytes, Poisoned]]:
    """A page of them in the order of the log, with their keys."""
    rows = fold.view.scan(keys.poison_prefix(fold.config.tenant), after, limit)
    return [(key, _decoder.decode(data)) for key, data in rows]


def page(fold: Fold, after: bytes | None, limit: int) -> tuple[list[dict[str, Any]], str]:
    """The same for the command line, and the last one's key: they belong to no link, flow or direction."""
    rows = listed(fold, after, limit)
    nowhere = {"link_id": None, "flow": None, "direction": None}
    shown = [{**msgspec.to_builtins(row.parked), **nowhere} for _, row in rows]
    return shown, rows[-1][0].decode() if rows else ""


def count(fold: Fold) -> int:
    """How many there are; as many as an event may touch are counted."""
    return len(fold.view.scan(keys.poison_prefix(fold.config.tenant), None, fold.config.work))


def chosen(fold: Fold, args: Args) -> list[Poisoned]:
    """Those a decision is about: the one it names, all of this cause, or all there are."""
    if named(args):
        return [_find(fold, str(args["id"]))]
    if args.get("all") or args.get("cause") == CAUSE:
        rows = listed(fold, None, fold.config.work)
        return [row for _, row in rows if row.value is not None]
    return []


def named(args: Args) -> bool:
    return str(args.get("id", "")).startswith(HEAD)


def replay(fold: Fold, row: Poisoned) -> None:
    """Append the entry to the log again; if it cannot be folded even now, it is listed under its new place."""
    if row.value is None:
        raise Refused(
            f"{row.parked.id} has no content that was kept (none, or more than {MOST_BYTES} bytes): what stands at "
            "its place is not folded; edit the record it is about, or discard it"
        )
    fold.send("sync.in", fold.config.tenant, Again(row.value))
    discard(fold, row)


def discard(fold: Fold, row: Poisoned) -> None:
    """It is listed no more."""
    if row.parked.origin is not None:
        fold.extra[keys.poison_key(fold.config.tenant, row.parked.origin.offset)] = None
    fold.send("parked", row.parked.id, None)


def _find(fold: Fold, name: str) -> Poisoned:
    offset = name.rsplit("/", 1)[-1]
    data = fold.view.get(keys.poison_key(fold.config.tenant, int(offset))) if offset.isdecimal() else None
    row = _decoder.decode(data) if data is not None else None
    if row is None or row.parked.id != name:
        raise Refused(f"{name} is not parked; `tandem parked list` names what is")
    return row
