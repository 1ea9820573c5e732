"""Ending a connection without an answer, on a port as well as in memory."""

import httpx
from starlette.types import Receive, Scope

ABORT = "sandbox.abort"  # scope["state"] key under which a server offers to cut its connection


async def drop(scope: Scope, receive: Receive) -> None:
    """Cuts the connection. Without a port there is none, so the client's own error is raised instead."""
    abort = scope.get("state", {}).get(ABORT)
    if abort is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    abort()
    while (await receive())["type"] != "http.disconnect":
        continue
