"""Serves `/live`, `/ready` and `/metrics` of one process.

Best inside the process's own event loop: a loop that hangs answers nothing, and that is what a liveness probe
is for. A process whose loop belongs to a library, and which has a watchdog of its own, takes a thread.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ops.errors import Mistake

Check = Callable[[], str | None]


class Vitals(Struct, frozen=True):
    """Two checks a process answers: each gives the reason why not, or None when all is well."""

    live: Check
    ready: Check


def health_app(vitals: Vitals) -> Starlette:
    """The three pages."""

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    return Starlette(
        routes=[
            Route("/live", _page("live", vitals.live)),
            Route("/ready", _page("ready", vitals.ready)),
            Route("/metrics", metrics),
        ]
    )


def _page(name: str, check: Check) -> Callable[[Request], Response]:
    def page(_request: Request) -> Response:
        reason = check()
        return JSONResponse({name: reason is None, "reason": reason}, 200 if reason is None else 503)

    return page


class QuietServer(uvicorn.Server):
    """Uvicorn without its signal handlers: the process's own decide how it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HealthServer:
    """The pages on an address, from `start` to `stop`."""

    def __init__(self, vitals: Vitals) -> None:
        self._server = QuietServer(
            uvicorn.Config(health_app(vitals), log_config=None, access_log=False, lifespan="off")
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listens; gives the port, which matters when 0 asked for a free one."""
        listener = _listen(host, port)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="health")
        return int(listener.getsockname()[1])

    async def stop(self) -> None:
        """Answers what was asked and closes."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


@contextmanager
def health_thread(vitals: Vitals, host: str, port: int) -> Iterator[int]:
    """The pages in a loop and thread of their own, for as long as the block runs; yields the port."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="health", daemon=True)
    thread.start()
    server = HealthServer(vitals)
    try:
        found = asyncio.run_coroutine_threadsafe(server.start(host, port), loop).result()
        try:
            yield found
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Mistake(
            "health_port",
            f"the health pages cannot listen on {host}:{port}: {error.strerror}",
            where="TANDEM_HEALTH__HOST, TANDEM_HEALTH__PORT",
            cure="name an address of this machine and a free port, or port 0 for any",
        ) from error
    return listener
