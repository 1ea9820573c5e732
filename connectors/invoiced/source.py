"""Reading Invoiced: which request brings a page or a record, and what its answer shows."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

import msgspec

from connectors.errors import Park, Unreadable
from connectors.exchange import Answer, Request
from connectors.invoiced import keyset
from connectors.invoiced.entities import Entity, entity_of
from connectors.invoiced.records import parse
from connectors.source import EntityTraits, Page, Place, Seen, Unread

PER_PAGE = 100  # more is clamped


def nobody(ref: str) -> str | None:
    """Know no parent."""
    del ref
    return None


class InvoicedSource:
    """Invoiced's lists and records. `modelled`: per entity, dotted names a flow uses.

    `parent_of`: the id of the record below which a ref's record lives, where it is known. `confirm_s`: how long a
    record must be missing that has no events, or the table's own time.
    """

    system = "invoiced"

    def __init__(
        self,
        modelled: Mapping[str, frozenset[str]] | None = None,
        entities: tuple[str, ...] = ("customer",),
        parent_of: Callable[[str], str | None] = nobody,
        confirm_s: float | None = None,
    ) -> None:
        self._modelled = modelled or {}
        self._entities = tuple(entity_of(name).name for name in entities)
        self._parent_of = parent_of
        self._confirm_s = confirm_s

    def entities(self) -> tuple[str, ...]:
        """Return the entities that are polled."""
        return self._entities

    def traits(self, entity: str) -> EntityTraits:
        """Return what may be relied on for an entity."""
        traits = entity_of(entity).traits
        if self._confirm_s is None or traits.way != "whole":
            return traits
        return msgspec.structs.replace(traits, confirm_seconds=self._confirm_s)

    def list_request(self, entity: str, place: Place) -> Request:
        """Return the request of the page at a place."""
        row = entity_of(entity)
        if row.traits.way == "stamps":
            return Request("GET", row.path, keyset.params_at(place, PER_PAGE))
        numbered = {"sort": "id asc", "per_page": str(PER_PAGE), "page": str(place.page)}
        return Request("GET", path_of(row, place.token), numbered)

    def page(self, entity: str, place: Place, answer: Answer) -> Page:
        """Return what a page shows and where to read on; the list below a parent that is gone is empty."""
        row = entity_of(entity)
        if answer.meaning == "gone" and row.traits.parent is not None:
            return Page((), (), None, answer.date, answer.asked_at, answer.skew_ms)
        body = answer.json()
        if not isinstance(body, list):
            raise Unreadable(f"a list of {entity} answered {type(body).__name__}, expected an array")
        parts = [
            parse(row, one, answer.asked_at, self._names(entity), place.token)
            for one in body
            if not archived(row, one)
        ]
        records = tuple(part for part in parts if isinstance(part, Seen))
        linked = answer.has_next()
        more = len(body) >= PER_PAGE if linked is None else linked
        if more and not records:
            raise Unreadable(f"no record of a whole page of {entity} can be read")
        following = _next(row, place, records, more=more)
        unread = tuple(part for part in parts if isinstance(part, Unread))
        return Page(records, unread, following, answer.date, answer.asked_at, answer.skew_ms)

    def one_request(self, ref: str, parent: str | None = None) -> Request:
        """Return the request of one record; `parent`: the id it lives below, where the caller knows it."""
        _, entity, number = ref.split(":", 2)
        row = entity_of(entity)
        above = parent or (self._parent_of(ref) if row.traits.parent is not None else None)
        if row.traits.parent is not None and above is None:
            raise Park(f"{ref} lives below a {row.traits.parent} that is not known; a complete scan finds it")
        return Request("GET", f"{path_of(row, above)}/{quote(number, safe='')}")

    def one(self, ref: str, answer: Answer, parent: str | None = None) -> Seen | None:
        """Return the record, or None if it does not exist."""
        if answer.meaning == "gone":
            return None
        entity = ref.split(":", 2)[1]
        row, body = entity_of(entity), answer.json()
        if archived(row, body):
            return None
        above = parent or (self._parent_of(ref) if row.traits.parent is not None else None)
        part = parse(row, body, answer.asked_at, self._names(entity), above)
        if isinstance(part, Unread):
            raise Unreadable(f"{ref}: {part.cause}", answer.status)
        return part

    def _names(self, entity: str) -> frozenset[str]:
        return self._modelled.get(entity, frozenset())


def path_of(entity: Entity, parent: str | None) -> str:
    """Return where an entity's records are listed and created, below a parent if they have one."""
    return entity.path.replace("{parent}", quote(parent or "", safe=""))


def archived(entity: Entity, record: object) -> bool:
    """Tell whether this is the archived rest of a record whose id is free again: it counts as gone."""
    return entity.chosen_id and isinstance(record, dict) and record.get("archived") is True


def _next(entity: Entity, place: Place, records: tuple[Seen, ...], *, more: bool) -> Place | None:
    if entity.traits.way == "stamps":
        rows = [((seen.updated_at or 0) // keyset.SECOND, seen.ref) for seen in records]
        return keyset.next_place(place, rows, more)
    return Place(0, place.page + 1, token=place.token) if more else None
