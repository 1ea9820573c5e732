"""What Tandem asked a system for, sorted by what it was for: polls, scans, looks and writes."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import parse_qs

import httpx
from msgspec import Struct

Kind = Literal["poll", "scan", "look", "write"]
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
SINCE = ("updated_after", "updated_since")
PAGE = 10_000
#: A list that is read from further back than this is a scan: a poll's cursor stays a few seconds behind.
BACK_S = 75.0


class Entry(Struct, frozen=True):
    """One answered request; `at` in seconds."""

    seq: int
    at: float
    actor: str | None
    method: str
    path: str
    query: str
    status: int | None
    body: Any

    @property
    def kind(self) -> Kind:
        """What it was for."""
        if self.method in WRITES:
            return "write"
        if self.path == "/events":
            return "poll"
        query = parse_qs(self.query)
        since = next((query[name][0] for name in SINCE if name in query), None)
        if since is None:
            return "look"
        return "scan" if self.at - seconds(since) > BACK_S else "poll"


def seconds(text: str) -> float:
    """A time as either system writes it: whole seconds, or RFC 3339."""
    if text.lstrip("-").isdigit():
        return float(text)
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()


class RequestLog:
    """A system's own log, read page by page."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def after(self, seq: int, actor: str | None = None) -> list[Entry]:
        """All requests behind this number, oldest first."""
        entries: list[Entry] = []
        while True:
            params = {"after": seq, "limit": PAGE} | ({"actor": actor} if actor else {})
            page = self._http.get("/_sandbox/requests", params=params).raise_for_status().json()
            entries += [_entry(one) for one in page["requests"]]
            if len(page["requests"]) < PAGE:
                return entries
            seq = page["next"]


def _entry(raw: dict[str, Any]) -> Entry:
    names = ("seq", "actor", "method", "path", "query", "status", "body")
    return Entry(at=seconds(raw["at"]), **{name: raw[name] for name in names})


def counted(entries: Sequence[Entry]) -> Counter[Kind]:
    """How many of each kind."""
    return Counter(entry.kind for entry in entries)
