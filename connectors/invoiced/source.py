"""Reading Invoiced: which request brings a page or a record, and what its answer shows."""

from collections.abc import Mapping

from connectors.errors import Unreadable
from connectors.exchange import Answer, Request
from connectors.invoiced import keyset
from connectors.invoiced.entities import ENTITIES, entity_of
from connectors.invoiced.records import parse
from connectors.source import EntityTraits, Page, Place, Seen, Unread

PER_PAGE = 100  # more is clamped


class InvoicedSource:
    """Invoiced's lists and records. `modelled`: per entity, dotted names a flow uses."""

    system = "invoiced"

    def __init__(self, modelled: Mapping[str, frozenset[str]] | None = None) -> None:
        self._modelled = modelled or {}

    def entities(self) -> tuple[str, ...]:
        """Return the entities that are polled."""
        return tuple(ENTITIES)

    def traits(self, entity: str) -> EntityTraits:
        """Return what may be relied on for an entity."""
        return entity_of(entity).traits

    def list_request(self, entity: str, place: Place) -> Request:
        """Return the request of the page at a place."""
        return Request("GET", entity_of(entity).path, keyset.params_at(place, PER_PAGE))

    def page(self, entity: str, place: Place, answer: Answer) -> Page:
        """Return what a page shows and where to read on."""
        body = answer.json()
        if not isinstance(body, list):
            raise Unreadable(f"a list of {entity} answered {type(body).__name__}, expected an array")
        parts = [parse(entity_of(entity), one, answer.asked_at, self._names(entity)) for one in body]
        records = tuple(part for part in parts if isinstance(part, Seen))
        linked = answer.has_next()
        more = len(body) >= PER_PAGE if linked is None else linked
        if more and not records:
            raise Unreadable(f"no record of a whole page of {entity} can be read")
        rows = [((seen.updated_at or 0) // keyset.SECOND, seen.ref) for seen in records]
        following = keyset.next_place(place, rows, more)
        unread = tuple(part for part in parts if isinstance(part, Unread))
        return Page(records, unread, following, answer.date, answer.asked_at, answer.skew_ms)

    def one_request(self, ref: str) -> Request:
        """Return the request of one record."""
        _, entity, number = ref.split(":", 2)
        return Request("GET", f"{entity_of(entity).path}/{number}")

    def one(self, ref: str, answer: Answer) -> Seen | None:
        """Return the record, or None if it does not exist."""
        if answer.meaning == "gone":
            return None
        entity = ref.split(":", 2)[1]
        part = parse(entity_of(entity), answer.json(), answer.asked_at, self._names(entity))
        if isinstance(part, Unread):
            raise Unreadable(f"{ref}: {part.cause}", answer.status)
        return part

    def _names(self, entity: str) -> frozenset[str]:
        return self._modelled.get(entity, frozenset())
