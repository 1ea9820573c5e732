"""An application's answer, caught whole, so that a fault can change it before it goes out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REPLAYED = b"idempotent-replayed"  # header of an answer given again for a known Idempotency-Key


async def catch(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """The application's whole answer."""
    response = Response()
    body = bytearray()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status_code = message["status"]
            response.raw_headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    response.body = bytes(body)
    return response


def with_body(response: Response, body: bytes) -> Response:
    """The same answer with another body."""
    changed = Response(content=body, status_code=response.status_code)
    kept = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
    changed.raw_headers = [*kept, (b"content-length", str(len(body)).encode())]
    return changed


def broken(response: Response) -> Response:
    """The same answer with a body that is no longer JSON."""
    return with_body(response, bytes(response.body)[: len(bytes(response.body)) // 2] or b"{")


def dated(send: Send, date: str, scope: Scope) -> Send:
    """A `send` that adds the `Date` header and notes in the scope what was answered."""

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [pair for pair in message.get("headers", []) if pair[0] != b"date"]
            message["headers"] = [*headers, (b"date", date.encode())]
            note(scope, message["status"], headers)
        await send(message)

    return forward


def note(scope: Scope, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    """Keeps status and whether the answer is a repetition, for the request log."""
    scope["sandbox.status"] = status
    scope["sandbox.replayed"] = any(name == REPLAYED for name, _ in headers)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, then whatever the connection brings."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def body_of(scope: Scope, receive: Receive) -> bytes:
    """The request's whole body."""
    return await Request(scope, receive).body()
