"""Runs a simulator on a port of this machine: `python -m sandbox.crm`, `python -m sandbox.invoiced`."""

import argparse
import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from .dropped import ABORT

HOST = "127.0.0.1"
CreateApp = Callable[..., ASGIApp]


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose application may cut the connection, which ASGI has no message for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in its parent
        """Offers `abort` to each request of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, ABORT: transport.abort}


class Server(uvicorn.Server):
    """Tells where it listens as soon as it does."""

    ready: Path | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then writes the ready file."""
        await super().startup(sockets=sockets)
        if self.ready is not None and self.started and sockets:
            port = sockets[0].getsockname()[1]
            half = self.ready.with_suffix(".tmp")
            half.write_text(json.dumps({"url": f"http://{HOST}:{port}", "port": port, "pid": os.getpid()}))
            half.replace(self.ready)


def serve(app: ASGIApp, port: int, ready: Path | None = None) -> None:
    """Serves until SIGTERM or SIGINT, then ends what it has begun. Port 0 takes a free one, told in `ready`."""
    config = uvicorn.Config(
        app,
        http=CuttableProtocol,
        loop="uvloop",
        lifespan="on",
        ws="none",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        backlog=2048,
    )
    server = Server(config)
    server.ready = ready
    signal.signal(
        signal.SIGTERM, lambda *_: None
    )  # uvicorn raises it once more when all is done: then exit 0
    listener = socket.create_server((HOST, port), backlog=2048)
    with listener:
        server.run(sockets=[listener])


def main(create_app: CreateApp, *, api_key: str, user_api_key: str) -> None:
    """The command line both simulators share."""
    parser = argparse.ArgumentParser(description="A simulated system on 127.0.0.1, with /_sandbox beside it.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--data-dir", type=Path, default=None, help="where records are kept; none: in memory")
    parser.add_argument("--api-key", default=api_key, help="Tandem's key")
    parser.add_argument("--user-api-key", default=user_api_key, help="the key of people and tests")
    parser.add_argument("--ready", type=Path, default=None, help="written when listening: url, port, pid")
    args = parser.parse_args()
    app = create_app(args.data_dir, api_key=args.api_key, user_api_key=args.user_api_key)
    serve(app, args.port, args.ready)
