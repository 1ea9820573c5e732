"""What a list is asked for, and the headers that lead through its pages; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from starlette.datastructures import URL

from .entity import Entity
from .errors import invalid
from .stamps import RFC3339, millis

DEFAULT_PER_PAGE = 100
MAX_PER_PAGE = 200
MAX_PAGE = 1_000_000
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Question:
    """A list request, understood. `columns` are exact conditions by column of the records' table."""

    columns: dict[str, str]
    since: int | None
    include_deleted: bool
    page: int
    per_page: int

    @property
    def offset(self) -> int:
        """How many records stand before this page."""
        return (self.page - 1) * self.per_page


def parse(entity: Entity, query: Iterable[tuple[str, str]]) -> Question:
    """The question a query string asks; an unknown parameter is refused, for it would find too much."""
    given = dict(query)
    filters = {"external_id": "external_id", **entity.filters}
    known = (*filters, "updated_since", "include_deleted", "page", "per_page")
    for name in given:
        if name not in known:
            raise invalid(name, f"{name} is no parameter of /{entity.path}; known: {', '.join(known)}")
    since = given.get("updated_since")
    return Question(
        columns={filters[name]: value for name, value in given.items() if name in filters},
        since=None if since is None else _instant(since),
        include_deleted=_boolean(given, "include_deleted"),
        page=_whole(given, "page", 1, most=MAX_PAGE),
        per_page=min(_whole(given, "per_page", DEFAULT_PER_PAGE, most=10**9), MAX_PER_PAGE),
    )


def headers(url: URL, question: Question, total: int) -> dict[str, str]:
    """`Link` and `X-Total-Count`."""
    last = max(1, ceil(total / question.per_page))
    pages = {"first": 1, "last": last}
    if question.page > 1:
        pages["prev"] = min(question.page - 1, last)
    if question.page < last:
        pages["next"] = question.page + 1
    links = [
        f'<{url.include_query_params(page=page, per_page=question.per_page)}>; rel="{rel}"'
        for rel, page in pages.items()
    ]
    return {"Link": ", ".join(links), "X-Total-Count": str(total)}


def _instant(text: str) -> int:
    try:
        if RFC3339.fullmatch(text):
            return millis(text.upper())
    except ValueError:
        pass
    cure = "send RFC 3339 with an offset such as 2026-01-31T12:00:00.000Z (a + as %2B)"
    raise invalid("updated_since", f"updated_since is {text[:60]!r}; {cure}")


def _boolean(given: dict[str, str], name: str) -> bool:
    text = given.get(name, "false")
    if text not in BOOLEANS:
        raise invalid(name, f"{name} is {text[:60]!r}; send true or false")
    return BOOLEANS[text]


def _whole(given: dict[str, str], name: str, default: int, *, most: int) -> int:
    text = given.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,19}", text) or not 1 <= int(text) <= most:
        raise invalid(name, f"{name} is {text[:60]!r}; send a whole number from 1 to {most}")
    return int(text)
