"""The reference CRM as an ASGI application, with `/_sandbox` beside it."""

import sqlite3
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.control import Clock, wrap

from .endpoints import Endpoints
from .entities import ENTITIES
from .errors import Refusal, plain
from .history import stale_reads
from .records import Records, open_records
from .stamps import EPOCH, MILLISECOND
from .switches import SWITCHES


def create_app(
    data_dir: Path | None = None, *, api_key: str = "crm-tandem", user_api_key: str = "crm-user"
) -> ASGIApp:
    """A CRM whose records live in `data_dir`, or in memory. The two keys tell Tandem's requests from people's."""
    db, clock, switches = open_records(data_dir), Clock(), dict(SWITCHES)
    records = {path: Records(db, entity) for path, entity in ENTITIES.items()}
    actors = {f"Bearer {api_key}": "tandem", f"Bearer {user_api_key}": "user"}
    return wrap(
        _application(db, records, clock, switches),
        data_dir=data_dir,
        actor=lambda request: actors.get(request.headers.get("authorization", "")),
        error=plain,
        switches=switches,
        reset_data=lambda: _empty(db),
        clock=clock,
        stale=stale_reads(records),
    )


def _application(
    db: sqlite3.Connection, records: dict[str, Records], clock: Clock, switches: dict[str, bool]
) -> Starlette:
    def now() -> int:
        return (clock.now() - EPOCH) // MILLISECOND

    routes = [
        route
        for path, entity in ENTITIES.items()
        for route in Endpoints(entity, db, records, now, switches).routes()
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Door)],
        exception_handlers={Refusal: _refused, HTTPException: _http_error},
    )


class Door:
    """Lets in whoever brings a known key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, or refuses it."""
        if scope["type"] == "http" and scope.get("sandbox.actor") is None:
            refused = plain(401, "the API key is missing or unknown; send Authorization: Bearer KEY")
            refused.headers["WWW-Authenticate"] = "Bearer"
            await refused(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        raise error
    return error.response()


async def _http_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    response = plain(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


def _empty(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    db.execute("DELETE FROM records")
    db.execute("DELETE FROM answers")
    db.execute("COMMIT")
