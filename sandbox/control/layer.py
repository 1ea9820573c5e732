"""The layer itself: notes every request, carries out planned faults, and hands the rest to the application."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import simplejson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answer import body_of, broken, catch, dated, note, replay
from .clock import Clock
from .dropped import drop
from .faults import Faults, Planned
from .journal import WRITES, Journal
from .normalise import normalise
from .stale import LastBodies, Stale

PREFIX = "/_sandbox"
CUTTING = frozenset({"lose_response", "drop_connection"})
ALWAYS = frozenset({"error", "throttle", "bad_json"}) | CUTTING
READS = ALWAYS | {"stale_read"}

Actor = Callable[[Request], str | None]
ErrorBody = Callable[[int, str, str | None], Response]


class Layer:
    """An ASGI application around another one; `/_sandbox` is answered by `control`."""

    def __init__(
        self,
        app: ASGIApp,
        control: ASGIApp,
        *,
        journal: Journal,
        faults: Faults,
        clock: Clock,
        actor: Actor,
        error: ErrorBody,
        stale: Stale | None,
    ) -> None:
        self._app = app
        self._control = control
        self._journal = journal
        self._faults = faults
        self._clock = clock
        self._actor = actor
        self._error = error
        self._bodies = LastBodies() if stale is None else None
        self._stale = stale or self._bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or the lifespan."""
        if scope["type"] == "lifespan":
            await self._app(scope, self._watched(receive), send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == PREFIX or scope["path"].startswith(PREFIX + "/"):
            await self._control(scope, receive, dated(send, self._clock.http_date(), scope))
        else:
            await self._visit(scope, receive, send)

    def _watched(self, receive: Receive) -> Receive:
        """Between start and shutdown of a server the log may be written in batches; else at once."""

        async def watch() -> Message:
            message = await receive()
            self._journal.batched = message["type"] == "lifespan.startup"
            self._journal.flush()
            return message

        return watch

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(scope, receive)
        request = Request(scope, replay(body, receive))
        scope["sandbox.actor"] = actor = self._actor(request)
        scope["sandbox.hit"] = hit = list[str]()
        cut = False
        try:
            planned = await self._before(request, actor, hit)
            if scope["method"] in WRITES:
                request = Request(scope, replay(self._normalised(request, body, actor, hit), receive))
            cut = planned is not None and planned.fault.kind in CUTTING
            await self._answer(request, planned, dated(send, self._clock.http_date(), scope))
        finally:
            self._log(request, body, cut=cut)
        if cut:
            await drop(scope, receive)

    async def _before(self, request: Request, actor: str | None, hit: list[str]) -> Planned | None:
        """Waits for a delay; gives the fault that decides over the answer."""
        facts = (request.method, request.url.path, actor)
        if delay := self._faults.claim(frozenset({"delay"}), *facts):
            hit.append(delay.id)
            await asyncio.sleep((delay.fault.delay_ms or 0) / 1000)
        planned = self._faults.claim(READS if request.method == "GET" else ALWAYS, *facts)
        if planned is not None:
            hit.append(planned.id)
        return planned

    def _normalised(self, request: Request, body: bytes, actor: str | None, hit: list[str]) -> bytes:
        """The body after every planned change to it; a fault that changes nothing has not hit."""
        for planned in self._faults.every("normalise", request.method, request.url.path, actor):
            changed = _changed(body, planned.fault.field or "", planned.fault.how or "")
            if changed is None:
                self._faults.release(planned)
            else:
                hit.append(planned.id)
                body = changed
        return body

    async def _answer(self, request: Request, planned: Planned | None, send: Send) -> None:
        kind = None if planned is None else planned.fault.kind
        scope, receive = request.scope, request.receive
        if kind == "drop_connection":
            return
        if kind == "lose_response":
            lost = await catch(self._app, scope, receive)
            note(scope, lost.status_code, lost.raw_headers)
        elif planned is not None and kind in {"error", "throttle"}:
            await self._refusal(planned)(scope, receive, send)
        elif planned is not None and kind == "bad_json":
            await broken(await catch(self._app, scope, receive))(scope, receive, send)
        elif planned is not None:
            await (await self._older(request, planned))(scope, receive, send)
        elif self._bodies is not None and request.method == "GET":
            await (await self._read(request))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _read(self, request: Request) -> Response:
        """The application's answer, remembered for later if there is no other history."""
        response = await catch(self._app, request.scope, request.receive)
        if self._bodies is not None:
            self._bodies.remember(request.url.path + "?" + request.url.query, response)
        return response

    def _refusal(self, planned: Planned) -> Response:
        fault = planned.fault
        status = fault.status or (429 if fault.kind == "throttle" else 500)
        response = self._error(status, fault.message or f"planned fault {planned.id}", fault.param)
        if fault.retry_after is not None:
            response.headers["Retry-After"] = str(fault.retry_after)
        return response

    async def _older(self, request: Request, planned: Planned) -> Response:
        """The older answer; without one the fault waits for a read that has one."""
        response = older = await self._read(request)
        if self._stale is not None and response.status_code < 300:
            older = await self._stale(request, response)
        if bytes(older.body) == bytes(response.body):
            self._faults.release(planned)
            request.scope["sandbox.hit"].remove(planned.id)
        return older

    def _log(self, request: Request, body: bytes, *, cut: bool) -> None:
        scope: Mapping[str, Any] = request.scope
        status = scope.get("sandbox.status")
        good = status is not None and status < 300
        self._journal.add(
            actor=scope["sandbox.actor"],
            method=request.method,
            path=request.url.path,
            query=scope["query_string"].decode("latin-1"),
            status=None if cut else status,
            fault=",".join(scope["sandbox.hit"]) or None,
            applied=good and request.method in WRITES and not scope.get("sandbox.replayed"),
            idempotency_key=request.headers.get("idempotency-key"),
            body=body,
        )


def _changed(body: bytes, field: str, how: str) -> bytes | None:
    try:
        value = simplejson.loads(body, use_decimal=True)
    except ValueError:
        return None
    return simplejson.dumps(value, use_decimal=True).encode() if normalise(value, field, how) else None
