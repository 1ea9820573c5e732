"""Invoiced's events feed: newest first, read until an event that was seen before."""

from collections.abc import Mapping
from typing import Any, Literal

from connectors.errors import ConnectorError, Unreadable
from connectors.exchange import Answer, Request
from connectors.image import flatten
from connectors.invoiced.entities import ENTITIES
from connectors.invoiced.records import by_id, parent_of
from connectors.source import SourceEvent
from schemas.records import Json

PER_PAGE = 100
API_USER = -2  # the documented sample's actor for the API itself
Kind = Literal["created", "updated", "deleted", "merged", "other"]
_KINDS: dict[str, Kind] = {
    "created": "created",
    "updated": "updated",
    "deleted": "deleted",
    "merged": "merged",
}


class InvoicedFeed:
    """`/events`, whole or about one record."""

    full = PER_PAGE

    def request(self, page: int) -> Request:
        """Return the request of a page; page 1 holds the newest events."""
        return Request("GET", "/events", {"per_page": str(PER_PAGE), "page": str(page)})

    def about_request(self, ref: str) -> Request:
        """Return the request of one record's newest events."""
        _, entity, number = ref.split(":", 2)
        return Request(
            "GET", "/events", {"related_to": f"{entity},{number}", "per_page": str(PER_PAGE), "page": "1"}
        )

    def events(self, answer: Answer) -> tuple[SourceEvent, ...]:
        """Return a page's events; one that nobody can read is left to the next complete scan."""
        body = answer.json()
        if not isinstance(body, list):
            raise Unreadable(f"/events answered {type(body).__name__}, expected an array")
        return tuple(
            event for one in body if isinstance(one, dict) and (event := parse_event(one)) is not None
        )


def parse_event(raw: Mapping[str, Any]) -> SourceEvent | None:
    """Return one event, or None if it lacks id, type or time."""
    number, kind, at = raw.get("id"), raw.get("type"), raw.get("timestamp")
    if not isinstance(number, int) or not isinstance(kind, str) or not isinstance(at, int):
        return None
    entity, _, verb = kind.partition(".")
    known = ENTITIES.get(entity)
    data = raw.get("data")
    shown = data.get("object") if isinstance(data, dict) else None
    if known is not None and isinstance(shown, dict):
        shown = by_id(known, shown)
    # The samples print `previous` beside `data`, the text and the server put it inside: both are read.
    before = (data.get("previous") if isinstance(data, dict) else None) or raw.get("previous")
    return SourceEvent(
        id=number,
        kind=_KINDS.get(verb, "other"),
        ref=_ref(entity, shown),
        at=at * 1000,
        image=_flat(shown),
        previous=_flat(before),
        by_api=_by_api(raw.get("user")),
        parent=parent_of(shown) if isinstance(shown, dict) and known and known.traits.parent else None,
    )


def _ref(entity: str, shown: object) -> str | None:
    if entity not in ENTITIES or not isinstance(shown, dict) or shown.get("id") is None:
        return None
    return f"invoiced:{entity}:{shown['id']}"


def _flat(value: object) -> dict[str, Json]:
    try:
        return flatten(value) if isinstance(value, dict) else {}
    except ConnectorError:
        return {}


def _by_api(user: object) -> bool | None:
    if isinstance(user, dict):
        user = user.get("id")
    return user == API_USER if isinstance(user, int) else None
