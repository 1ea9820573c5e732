"""One HTTP request and its answer as frozen values, so that rules can be written without a socket."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import simplejson
from msgspec import Struct

from connectors.errors import Meaning, Unreadable


class Request(Struct, frozen=True):
    """A request to be made. `body` is JSON in our types (Decimal, never float)."""

    method: str
    path: str
    params: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = {}

    def content(self) -> bytes | None:
        """Return the body's bytes; a Decimal stands there as a JSON number."""
        if self.body is None:
            return None
        return simplejson.dumps(self.body, use_decimal=True, ensure_ascii=False).encode()


class Answer(Struct, frozen=True):
    """An answer that arrived whole. `asked_at`, `got_at`: our clock, when it was asked for and had come."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    asked_at: int
    got_at: int
    meaning: Meaning = "ok"

    def json(self) -> Any:
        """Return the body with numbers as int or Decimal; raise Unreadable on anything that is no JSON."""
        try:
            return simplejson.loads(self.content, use_decimal=True)
        except (ValueError, RecursionError) as error:
            raise Unreadable(
                f"status {self.status} with a body that is no JSON: {error}", self.status
            ) from error

    @property
    def date(self) -> int | None:
        """The server's `Date` in ms, less the time this exchange took: no later than when it was read."""
        stamp = http_date(self.headers.get("date"))
        return None if stamp is None else stamp - max(0, self.got_at - self.asked_at)

    @property
    def skew_ms(self) -> int:
        """How far the server's clock is ahead of ours; `Date` has whole seconds, so half of one is added."""
        stamp = http_date(self.headers.get("date"))
        return 0 if stamp is None else stamp + 500 - (self.asked_at + self.got_at) // 2

    def has_next(self) -> bool | None:
        """Return what `Link` says about a next page; None if it says nothing at all."""
        link = self.headers.get("link")
        return None if link is None else 'rel="next"' in link or "rel=next" in link


def http_date(text: str | None) -> int | None:
    """Return an HTTP date as ms since 1970, or None where there is none."""
    if not text:
        return None
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000)
    except ValueError:
        return None


def retry_after(text: str | None, now_ms: int) -> float | None:
    """Return `Retry-After` in seconds, from its number or its date."""
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        stamp = http_date(text)
        return None if stamp is None else max(0.0, (stamp - now_ms) / 1000)
