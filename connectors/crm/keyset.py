"""Reading a CRM's list so that nothing is skipped while records move: always the first page from the last stamp.

Lists run by (stamp, id). The stamp of a page's last record is asked for again, inclusively; only when a whole
page shares one stamp is the next page of the same query read. A list that does not run by its stamp is read
page by page.
"""

from collections.abc import Sequence

from connectors import tie as ties
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
    place: Place, rows: Sequence[tuple[int, str]], *, more: bool, token: str | None = None
) -> Place | None:
    """Return where to read on after a page of (stamp in ms, ref); None at the list's end."""
    stamps = [stamp for stamp, _ in rows]
    ordered, last = stamps == sorted(stamps), max(stamps, default=place.since)
    beyond = ordered and last > place.since
    if place.page == 1 and (beyond or not more):
        return Place(last) if more else None
    digest = ties.summed(place, (ref for stamp, ref in rows if stamp == place.since or not ordered))
    if more and not beyond:
        return ties.next_page(place, place.since, digest, token)
    if not ties.is_whole(place, digest):
        return ties.next_pass(place, place.since, digest)
    return Place(last) if more else None
