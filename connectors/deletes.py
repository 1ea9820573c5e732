"""When a missing record is gone: named or suspected, then twice 404 with a round between."""

from collections.abc import Iterable

from connectors.cursor import Suspicion

MERGED = "records were merged"
FEW, SHARE = 10, 0.05  # fewer than this many, or a smaller share of the entity, need nobody's approval


def raised(
    present: tuple[Suspicion, ...], refs: Iterable[str], now: int, *, named: bool, merged: bool = False
) -> tuple[Suspicion, ...]:
    """Return the suspicions with new ones added; one that stands already is kept as it is."""
    held = {one.ref: one for one in present}
    for ref in refs:
        held.setdefault(ref, Suspicion(ref, now, named, merged=merged))
    return tuple(held.values())


def due(
    suspicions: tuple[Suspicion, ...], number: int, now: int, seconds: float, most: int
) -> tuple[Suspicion, ...]:
    """Return which records to ask for in this round: new ones, and those missed in an earlier round."""
    ready = (
        one
        for one in suspicions
        if one.missed_at is None or (one.round != number and now >= one.missed_at + seconds * 1000)
    )
    return tuple(one for _, one in zip(range(most), ready, strict=False))


def missed(one: Suspicion, number: int, now: int) -> Suspicion | None:
    """Return the suspicion after a 404; None: it was the second one, the record is gone."""
    if one.missed_at is not None:
        return None
    return Suspicion(one.ref, one.raised_at, one.named, now, number, one.merged)


def tripped(missing: int, known: int) -> bool:
    """Tell whether a scan misses too many records to be believed."""
    return missing > FEW and missing > SHARE * known
