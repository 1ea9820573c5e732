"""The endpoints of `/_sandbox`, for tests and people: log, counters, faults, clock, switches, reset."""

from collections.abc import Callable, Mapping, MutableMapping
from sqlite3 import Connection
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .clock import Clock
from .errors import BadInput
from .fault import parse_fault
from .faults import Faults
from .journal import Journal
from .store import write_setting

WHAT = ("data", "requests", "faults", "clock", "switches")
MAX_LIMIT = 10_000


class Control:
    """What the endpoints act on."""

    def __init__(
        self,
        *,
        db: Connection,
        journal: Journal,
        faults: Faults,
        clock: Clock,
        switches: MutableMapping[str, bool],
        reset_data: Callable[[], None],
        defaults: Mapping[str, bool],
    ) -> None:
        self._db = db
        self._journal = journal
        self._faults = faults
        self._clock = clock
        self._switches = switches
        self._defaults = dict(defaults)
        self._reset_data = reset_data

    def app(self) -> Starlette:
        """The endpoints as an application."""
        at = "/_sandbox"
        return Starlette(
            routes=[
                Route(f"{at}/health", self._health, methods=["GET"]),
                Route(f"{at}/requests", self._requests, methods=["GET"]),
                Route(f"{at}/counters", self._counters, methods=["GET"]),
                Route(f"{at}/faults", self._fault_list, methods=["GET"]),
                Route(f"{at}/faults", self._fault_add, methods=["POST"]),
                Route(f"{at}/faults", self._fault_remove, methods=["DELETE"]),
                Route(f"{at}/faults/{{id}}", self._fault_remove, methods=["DELETE"]),
                Route(f"{at}/clock", self._clock_show, methods=["GET"]),
                Route(f"{at}/clock", self._clock_move, methods=["POST"]),
                Route(f"{at}/switches", self._switches_show, methods=["GET"]),
                Route(f"{at}/switches", self._switches_put, methods=["PUT"]),
                Route(f"{at}/reset", self._reset, methods=["POST"]),
            ],
            exception_handlers={BadInput: _bad_input},
        )

    async def _health(self, _: Request) -> Response:
        return _json({"ok": True})

    async def _requests(self, request: Request) -> Response:
        query = request.query_params
        actor = query.get("actor")
        if actor not in {None, "tandem", "user"}:
            raise BadInput("actor", actor, "use tandem or user, or leave it out for all")
        page = self._journal.read(
            after=_whole(query, "after", 0, least=0),
            actor=actor,
            writes=_whole(query, "writes", 0, least=0, most=1) == 1,
            limit=_whole(query, "limit", 1000, least=1, most=MAX_LIMIT),
        )
        return _json(page)

    async def _counters(self, _: Request) -> Response:
        return _json(self._journal.counters())

    async def _fault_list(self, _: Request) -> Response:
        return _json({"faults": self._faults.all()})

    async def _fault_add(self, request: Request) -> Response:
        return _json({"id": self._faults.add(parse_fault(await _body(request)))}, 201)

    async def _fault_remove(self, request: Request) -> Response:
        id_ = request.path_params.get("id")
        if not self._faults.remove(id_):
            raise BadInput("id", id_, "use an id listed by GET /_sandbox/faults", status=404)
        return Response(status_code=204)

    async def _clock_show(self, _: Request) -> Response:
        now = self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return _json({"offset_s": self._clock.offset_s, "now": now})

    async def _clock_move(self, request: Request) -> Response:
        offset = (await _object(request, ("offset_s",))).get("offset_s")
        if isinstance(offset, bool) or not isinstance(offset, int | float) or abs(offset) > 1e9:
            raise BadInput("offset_s", offset, "use seconds against the real time, negative for the past")
        self._move(offset)
        return await self._clock_show(request)

    def _move(self, offset: float) -> None:
        self._clock.offset_s = offset
        write_setting(self._db, "offset_s", str(float(offset)))

    async def _switches_show(self, _: Request) -> Response:
        return _json(dict(self._switches))

    async def _switches_put(self, request: Request) -> Response:
        wanted = await _object(request, tuple(self._switches))
        for name, value in wanted.items():
            if not isinstance(value, bool):
                raise BadInput(name, value, "use true or false")
        self._switch(wanted)
        return await self._switches_show(request)

    def _switch(self, wanted: Mapping[str, bool]) -> None:
        self._switches.update(wanted)
        write_setting(self._db, "switches", orjson.dumps(dict(self._switches)).decode())

    async def _reset(self, request: Request) -> Response:
        body = await _object(request, ("what",)) if await request.body() else {}
        what = body.get("what", ["requests", "faults"])
        if not isinstance(what, list) or any(each not in WHAT for each in what):
            raise BadInput("what", what, "use a list of " + ", ".join(WHAT))
        for each in what:
            self._reset_one(each)
        return _json({"reset": what})

    def _reset_one(self, what: str) -> None:
        acts: dict[str, Callable[[], Any]] = {
            "data": self._reset_data,
            "requests": self._journal.reset,
            "faults": self._faults.remove,
            "clock": lambda: self._move(0.0),
            "switches": lambda: self._switch(self._defaults),
        }
        acts[what]()


async def _bad_input(_: Request, error: Exception) -> Response:
    if not isinstance(error, BadInput):
        raise error
    return _json(error.body(), error.status)


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")


async def _body(request: Request) -> Any:
    raw = await request.body()
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadInput("body", raw[:200].decode("utf-8", "replace"), f"send JSON: {error}") from error


async def _object(request: Request, known: tuple[str, ...]) -> dict[str, Any]:
    body = await _body(request)
    if not isinstance(body, dict):
        raise BadInput("body", body, "send one JSON object")
    for name in body:
        if name not in known:
            raise BadInput(name, body[name], "leave it out; known: " + ", ".join(known))
    return body


def _whole(query: Mapping[str, str], name: str, default: int, *, least: int, most: int = 2**62) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadInput(name, text, f"use a whole number from {least} to {most}")
    return int(text)
