"""Reading an Invoiced list so that nothing is skipped while records move: always the first page after a stamp.

Stamps are whole seconds and `updated_after` is strict (assumed; an inclusive one is survived). A page that
shares one second whole is read by id within that second.
"""

from collections.abc import Sequence

from connectors import tie as ties
from connectors.source import Place

SECOND = 1000


def params_at(place: Place, per_page: int) -> dict[str, str]:
    """Return the query of a page."""
    if place.tie is None:
        span = {"updated_after": str(place.since // SECOND), "sort": "updated_at asc"}
    else:
        second = place.tie // SECOND
        span = {"updated_after": str(second - 1), "updated_before": str(second + 1), "sort": "id asc"}
    return {**span, "per_page": str(per_page), "page": str(place.page)}


def next_place(place: Place, rows: Sequence[tuple[int, str]], more: bool) -> Place | None:
    """Return where to read on after a page of (stamp in seconds, ref); None at the list's end."""
    if place.tie is not None:
        return _within_tie(place, place.tie, rows, more)
    if not more:
        return None
    after, last = place.since // SECOND, max(stamp for stamp, _ in rows)
    if last - 1 > after:
        return Place((last - 1) * SECOND)
    if last > after:
        return Place(place.since, tie=last * SECOND)
    # Only an inclusive server shows the second it was asked by: read it whole, then ask by the next one.
    return Place((after + 1) * SECOND) if place.whole else Place((after - 1) * SECOND, tie=after * SECOND)


def _within_tie(place: Place, tie: int, rows: Sequence[tuple[int, str]], more: bool) -> Place:
    digest = ties.summed(place, (ref for stamp, ref in rows if stamp == tie // SECOND))
    if more:
        return ties.next_page(place, tie, digest)
    return Place(tie, whole=True) if ties.is_whole(place, digest) else ties.next_pass(place, tie, digest)
