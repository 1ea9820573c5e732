"""What a source is: a system's records in the order of their last change, one by one, and its events.

A source builds requests and reads answers; it neither sends nor waits, so it is tested with values alone.
"""

from typing import Literal, Protocol

from msgspec import Struct

from connectors.exchange import Answer, Request
from schemas.records import Image, Json


class Seen(Struct, frozen=True):
    """A record as one answer showed it. `asked_at`: our clock when that request began."""

    ref: str
    image: Image
    asked_at: int
    updated_at: int | None = None


class Unread(Struct, frozen=True):
    """A record of a page that nobody can read."""

    cause: str
    ref: str | None = None


class Place(Struct, frozen=True):
    """Where reading by keyset stands: past `since` (ms), at a page of what shares `tie` (ms), if any.

    `token` is the next page's name where pages have names instead of numbers, or the parent whose list it is.
    A tie of several pages is read until two passes show the same records: `digest` sums up this pass, `before`
    the last one. `whole`: the second `since` itself has been read that way.
    """

    since: int
    page: int = 1
    tie: int | None = None
    digest: int = 0
    before: int | None = None
    whole: bool = False
    token: str | None = None


class Page(Struct, frozen=True):
    """A page of a list. `next` is the place of the page after it; None: the list has been read to its end.

    `partial`: what stands there could not be read, so what the whole reading has not met may still be there.
    """

    records: tuple[Seen, ...]
    unread: tuple[Unread, ...]
    next: Place | None
    date: int | None
    asked_at: int
    skew_ms: int = 0
    partial: bool = False


class SourceEvent(Struct, frozen=True):
    """One entry of a system's events feed. `parent`: the id of the record below which this one lives."""

    id: int
    kind: Literal["created", "updated", "deleted", "merged", "other"]
    ref: str | None
    at: int
    image: Image = {}
    previous: dict[str, Json] = {}
    by_api: bool | None = None
    parent: str | None = None


Way = Literal["stamps", "events", "whole"]


class EntityTraits(Struct, frozen=True):
    """What the connector may rely on for one entity of a system.

    `way`: how what has changed is found: a list by its stamps, the events, or nothing but reading all of it.
    `parent`: the entity below whose records these live; a list is then one parent's, named by `Place.token`.
    """

    entity: str
    way: Way = "stamps"
    parent: str | None = None
    has_version: bool = False
    has_events: bool = False
    confirm_seconds: float = 0.0
    maps: frozenset[str] = frozenset()


class Source(Protocol):
    """The reading half of a system."""

    system: str

    def entities(self) -> tuple[str, ...]: ...
    def traits(self, entity: str) -> EntityTraits: ...
    def list_request(self, entity: str, place: Place) -> Request: ...
    def page(self, entity: str, place: Place, answer: Answer) -> Page: ...
    def one_request(self, ref: str) -> Request: ...
    def one(self, ref: str, answer: Answer) -> Seen | None: ...


class Feed(Protocol):
    """The events feed of a system that has one. `full`: how many events a page has that is not the last one."""

    full: int

    def request(self, page: int) -> Request: ...
    def events(self, answer: Answer) -> tuple[SourceEvent, ...]: ...
    def about_request(self, ref: str) -> Request: ...
