"""Runs a handler for a request: body, idempotency, one transaction, refusals as answers."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import Faults

from .call import Answer, Call
from .database import Database
from .errors import JSON, ApiError, refusal
from .idempotency import Answers, checked_key
from .request_body import parse_body

Handler = Callable[[Call], Answer]
AsgiEndpoint = Callable[[Request], Awaitable[Response]]


class Runner:
    """Turns handlers into endpoints. After the body has been read nothing waits, so each handler runs alone."""

    def __init__(
        self,
        database: Database,
        answers: Answers,
        faults: Faults,
        switches: Mapping[str, bool],
    ) -> None:
        self._db = database
        self._answers = answers
        self._faults = faults
        self._switches = switches

    def endpoint(self, handler: Handler) -> AsgiEndpoint:
        """The endpoint of a handler."""

        async def run(request: Request) -> Response:
            raw = await request.body()
            try:
                return self._run(handler, request, raw)
            except ApiError as error:
                return refusal(error, self._switches)

        return run

    def _run(self, handler: Handler, request: Request, raw: bytes) -> Response:
        call = Call(request, request.scope["invoiced.actor"], {}, self._faults)
        key = checked_key(call, self._switches)
        if key is not None and (given := self._answers.find(call, key, raw)) is not None:
            return given
        if request.method in {"GET", "HEAD"}:
            with self._db.transaction():  # what time has changed is written when it is read
                return _response(handler(call))
        return self._write(handler, call, key, raw)

    def _write(self, handler: Handler, call: Call, key: str | None, raw: bytes) -> Response:
        try:
            body = parse_body(call.request.headers.get("content-type", ""), raw)
            with self._db.transaction():
                response = _response(handler(Call(call.request, call.actor, body, self._faults)))
                if key is not None:
                    self._answers.keep(call, key, raw, response)
        except ApiError as error:
            response = refusal(error, self._switches)
            if key is not None:
                self._answers.keep(call, key, raw, response)
        return response


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers or {})
    if answer.status == 204:
        return Response(status_code=204, headers=headers)
    return Response(answer.text, answer.status, headers, media_type=JSON)
