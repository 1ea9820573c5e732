"""Reading an Invoiced list so that nothing is skipped while records move: always the first page after a stamp.

Stamps are whole seconds and `updated_after` is strict (assumed; an inclusive one is survived). A page that
shares one second whole is read by id within that second.
"""

from collections.abc import Sequence

from connectors.source import Place

SECOND = 1000


def params_at(place: Place, per_page: int) -> dict[str, str]:
    """Return the query of a page."""
    if place.tie is None:
        span = {"updated_after": str(place.since // SECOND), "sort": "updated_at asc"}
    else:
        tie = place.tie // SECOND
        span = {"updated_after": str(tie - 1), "updated_before": str(tie + 1), "sort": "id asc"}
    return {**span, "per_page": str(per_page), "page": str(place.page)}


def next_place(place: Place, stamps: Sequence[int], more: bool, total: int | None) -> Place | None:
    """Return where to read on after a page with these stamps (seconds); None at the list's end."""
    if place.tie is not None:
        return _within_tie(place, place.tie, more, total)
    if not more:
        return None
    after, last = place.since // SECOND, max(stamps)
    if last <= after:  # an inclusive server shows a full second again that has been read
        return Place((after + 1) * SECOND)
    if last - 1 > after:
        return Place((last - 1) * SECOND)
    return Place(place.since, tie=last * SECOND)


def _within_tie(place: Place, tie: int, more: bool, total: int | None) -> Place:
    if not more:
        return Place(tie)
    shifted = total is not None and place.total is not None and total != place.total
    return Place(place.since, page=1 if shifted else place.page + 1, tie=tie, total=total)
