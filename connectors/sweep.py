"""Reading what lives below other records: the list of every parent, one after the other, in the order of their refs.

A place names the parent whose list comes next; a list that cannot be read is left out and told, so that one parent
never holds up the others.
"""

from connectors.errors import Park
from connectors.pages import Pages
from connectors.parents import Parents
from connectors.shadow import Shadow
from connectors.shares import Share
from connectors.source import Page, Place, Unread


class Sweep:
    """Pages of one entity over all of its parents, as far as the shadow knows them."""

    def __init__(self, system: str, parent: str, pages: Pages, shadow: Shadow, parents: Parents) -> None:
        self._system = system
        self._parent = parent
        self._pages = pages
        self._shadow = shadow
        self._parents = parents

    async def read(self, entity: str, place: Place, share: Share) -> Page:
        """Return a page of one parent's list, and where the sweep goes on."""
        if place.token is None:
            await self._shadow.mirror.at_head()  # a parent that was just published is one of them
            return Page((), (), self._behind(""), None, 0)
        parent = place.token
        try:
            page = await self._pages.read(entity, place, share)
        except Park as error:
            unread = Unread(f"the list of {entity} of {self._parent} {parent}: {error.reason}")
            return Page((), (unread,), self._behind(parent), None, 0, partial=True)
        for seen in page.records:  # one that is read again by its id, as we are writing it, may be new
            self._parents.learn(seen.ref, parent)
        following = page.next if page.next is not None else self._behind(parent)
        return Page(page.records, page.unread, following, page.date, page.asked_at, page.skew_ms)

    def _behind(self, parent: str) -> Place | None:
        prefix = f"{self._system}:{self._parent}:"
        for ref in self._shadow.refs(self._system, self._parent, prefix + parent if parent else ""):
            held = self._shadow.get(ref)
            if held is not None and held.op != "d":
                return Place(0, token=ref.removeprefix(prefix))
        return None
