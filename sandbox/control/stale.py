"""Older images for `stale_read`: what a replica that lags behind would show."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import simplejson
from starlette.requests import Request
from starlette.responses import Response

from .answer import with_body

Stale = Callable[[Request, Response], Awaitable[Response]]
Previous = Callable[[Request, Mapping[str, Any]], Mapping[str, Any] | None]

REMEMBERED = 1000


def older_records(previous: Previous) -> Stale:
    """A hook for an API that keeps each record's previous image.

    `previous(request, record)` gives the image before the record's last edit, or None if there is none. Each
    object of a bare array, or the one object of the answer, is exchanged.
    """

    async def stale(request: Request, response: Response) -> Response:
        body = simplejson.loads(bytes(response.body) or b"null", use_decimal=True)
        if isinstance(body, list):
            older: Any = [previous(request, record) or record for record in body]
        elif isinstance(body, dict):
            older = previous(request, body) or body
        else:
            return response
        if older == body:
            return response
        return with_body(response, simplejson.dumps(older, use_decimal=True).encode())

    return stale


class LastBodies:
    """The hook for an API without history: per GET path and query, the body before the present one."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, tuple[Response | None, Response]] = OrderedDict()

    def remember(self, key: str, response: Response) -> None:
        """Notes what a read answered."""
        older, newest = self._seen.pop(key, (None, response))
        if bytes(newest.body) != bytes(response.body):
            older = newest
        self._seen[key] = (older, response)
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def __call__(self, request: Request, response: Response) -> Response:
        """The answer before the present one, if there was another."""
        older, _ = self._seen.get(request.url.path + "?" + request.url.query, (None, response))
        return older or response
