"""Reading a CRM's list so that nothing is skipped while records move: always the first page from the last stamp.

Lists run by (stamp, id). The stamp of a page's last record is asked for again, inclusively; only when a whole
page shares one stamp is the next page of the same query read. A list that does not run by its stamp is read
page by page.
"""

from collections.abc import Sequence

from connectors.crm.stamps import UNITS, from_ms
from connectors.source import Place
from schemas.profile import Profile


def params_at(profile: Profile, place: Place) -> dict[str, str]:
    """Return the query of a page."""
    cursor, paging = profile.cursor, profile.paging
    since = place.since if cursor.inclusive else place.since - UNITS[cursor.format]
    query = {**profile.archive.include, paging.per_page_parameter: str(paging.per_page)}
    query[cursor.parameter] = from_ms(max(0, since), cursor.format)
    if paging.style == "token":
        return query | ({paging.parameter: place.token} if place.token is not None else {})
    number = (place.page - 1) * paging.per_page if paging.style == "offset" else place.page - 1 + paging.first
    return {**query, paging.parameter: str(number)}


def next_place(
    place: Place, stamps: Sequence[int], *, more: bool, total: int | None = None, token: str | None = None
) -> Place | None:
    """Return where to read on after a page with these stamps (ms); None at the list's end."""
    if not more:
        return None
    last = max(stamps)
    if list(stamps) == sorted(stamps) and last > place.since:
        return Place(last)
    shifted = total is not None and place.total is not None and total != place.total
    if shifted:
        return Place(place.since, tie=place.since, total=total)
    return Place(place.since, page=place.page + 1, tie=place.since, total=total, token=token)
