"""A simulator whose answers to Tandem say one thing otherwise: an API whose bodies differ, which no switch imitates."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from connectors.http import GuardedTransport
from tests.flow.connector_rig import System

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Otherwise(System):
    """`told`: a text of the answers, and what stands there instead. `query`: what is asked beside each GET.

    What it does not imitate: the log of requests shows `query` as if Tandem had asked so.
    """

    told: tuple[str, str]
    query: str

    @classmethod
    def of(cls, system: System, old: str = "", new: str = "", query: str = "") -> "Otherwise":
        """The same system, as Tandem would see it there; users see it as it is."""
        made = cls(system.app, dict(system.tandem_http.headers), dict(system.user.headers))
        made.told, made.query = (old, new), query
        made.tandem_http = httpx.AsyncClient(
            transport=GuardedTransport(httpx.ASGITransport(made._answer), lambda: None),
            base_url="http://system",
            headers=dict(system.tandem_http.headers),
        )
        return made

    async def _answer(self, scope: Message, receive: Any, send: Send) -> None:
        if self.query and scope["method"] == "GET":
            scope = {**scope, "query_string": b"&".join([scope["query_string"], self.query.encode()])}
        head: Message = {}
        body = b""

        async def kept(message: Message) -> None:
            nonlocal head, body
            head = message if message["type"] == "http.response.start" else head
            body += message.get("body", b"")

        await self.app(scope, receive, kept)
        old, new = (text.encode() for text in self.told)
        said = body.replace(old, new) if old else body
        headers = [(name, value) for name, value in head["headers"] if name != b"content-length"]
        await send({**head, "headers": [*headers, (b"content-length", str(len(said)).encode())]})
        await send({"type": "http.response.body", "body": said})
