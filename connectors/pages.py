"""One page of a list, with a second and third try when its JSON is broken."""

from connectors.errors import Unreadable
from connectors.exchange import Request
from connectors.http import Client
from connectors.shares import Share
from connectors.source import Page, Place, Source
from schemas import meters

TRIES = 3


class Pages:
    """Reads pages of one system."""

    def __init__(self, source: Source, client: Client) -> None:
        self._source = source
        self._client = client

    async def read(self, entity: str, place: Place, share: Share) -> Page:
        """Return the page at a place; raises Unreadable if it stays broken."""
        request = self._source.list_request(entity, place)
        for _ in range(TRIES - 1):
            try:
                return await self._once(entity, place, request, share)
            except Unreadable:
                continue
        return await self._once(entity, place, request, share)

    async def _once(self, entity: str, place: Place, request: Request, share: Share) -> Page:
        page = self._source.page(entity, place, await self._client.read(request, share))
        meters.count(
            "tandem_records_read_total", len(page.records), system=self._source.system, entity=entity
        )
        return page
