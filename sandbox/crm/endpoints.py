"""The HTTP side of one entity: list, read, create, patch, delete."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import listing
from .document import as_object
from .entity import Entity
from .errors import Refusal, not_found
from .idempotency import Answers, fingerprint
from .records import Records
from .writes import Now, Writes

JSON = "application/json"
Handler = Callable[[Request], Awaitable[Response]]
BODIES = (JSON, "application/merge-patch+json")


class Endpoints:
    """Routes of one entity over its records. Each write is one transaction, its kept answer included."""

    def __init__(
        self,
        entity: Entity,
        db: sqlite3.Connection,
        records: Mapping[str, Records],
        now: Now,
        switches: Mapping[str, bool],
    ) -> None:
        self._entity = entity
        self._db = db
        self._records = records[entity.path]
        self._writes = Writes(entity, records, now, switches)
        self._answers = Answers(db)
        self._now = now

    def routes(self) -> list[Route]:
        """`/path` and `/path/{id}`."""
        path = f"/{self._entity.path}"
        return [
            _route(path, {"GET": self.list, "POST": self.create}),
            _route(path + "/{id}", {"GET": self.read, "PATCH": self.patch, "DELETE": self.delete}),
        ]

    async def list(self, request: Request) -> Response:
        """A bare array by (UpdatedAt, Id)."""
        asked = listing.parse(self._entity, request.query_params.multi_items())
        page = self._records.page(
            asked.columns,
            since=asked.since,
            deleted=asked.include_deleted,
            offset=asked.offset,
            limit=asked.per_page,
        )
        body = b"[" + b",".join(page.bodies) + b"]"
        return Response(body, headers=listing.headers(request.url, asked, page.total), media_type=JSON)

    async def read(self, request: Request) -> Response:
        """One record, deleted or not."""
        record_id = request.path_params["id"]
        body = self._records.get(record_id)
        if body is None:
            raise not_found(self._entity.path, record_id)
        return _record(body, 200)

    async def create(self, request: Request) -> Response:
        """201 with `Location` and `ETag`."""
        given = as_object(await _json(request))

        def act() -> Response:
            response = _record(self._writes.create(given), 201)
            record_id = orjson.loads(bytes(response.body))["Id"]
            response.headers["Location"] = f"/{self._entity.path}/{record_id}"
            return response

        return await self._once(request, act)

    async def patch(self, request: Request) -> Response:
        """A merge patch."""
        given = as_object(await _json(request))
        record_id, if_match = request.path_params["id"], request.headers.get("if-match")
        return await self._once(
            request, lambda: _record(self._writes.change(record_id, given, if_match), 200)
        )

    async def delete(self, request: Request) -> Response:
        """Soft; with `purge=true` for good, which only people do."""
        record_id, if_match = request.path_params["id"], request.headers.get("if-match")
        purge = request.query_params.get("purge") == "true"

        def act() -> Response:
            self._writes.delete(record_id, if_match, purge=purge)
            return Response(status_code=204)

        return await self._once(request, act)

    async def _once(self, request: Request, act: Callable[[], Response]) -> Response:
        """Carries out a write, or repeats its answer."""
        key, body = request.headers.get("idempotency-key"), await request.body()
        print_ = fingerprint(request.scope["sandbox.actor"], request.method, request.url.path, body)
        self._db.execute("BEGIN IMMEDIATE")
        try:
            response = None if key is None else self._answers.find(key, print_, self._now())
            if response is None:
                response = act()
                if key is not None:
                    self._answers.keep(key, print_, self._now(), response)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return response


def _route(path: str, by_method: Mapping[str, Handler]) -> Route:
    """One route for all methods of a path, so that a refused method is told every one that is allowed."""

    async def dispatch(request: Request) -> Response:
        return await by_method["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, dispatch, methods=list(by_method))


def _record(body: bytes, status: int) -> Response:
    version = orjson.loads(body)["Version"]
    return Response(body, status, headers={"ETag": f'"{version}"'}, media_type=JSON)


async def _json(request: Request) -> Any:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in BODIES:
        message = f"Content-Type is {kind or 'missing'}; send {' or '.join(BODIES)}"
        raise Refusal(415, "unsupported_media_type", message)
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Refusal(400, "malformed", f"the body is not JSON: {error}") from error
