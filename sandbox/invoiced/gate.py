"""What stands before every route: the key, its permission, and how many requests it has under way."""

from collections import Counter
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from .account import Keys
from .errors import ApiError, ForbiddenError, TooManyError, UnauthorizedError, refusal

UNDER_WAY = "invoiced.under_way"


class UnderWay:
    """Counts the requests of each Authorization header, waiting ones too, so it stands outside all else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._count: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Notes in the scope how many there are, this one included; `Gate` refuses."""
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        key = Request(scope).headers.get("authorization", "")
        self._count[key] += 1
        scope[UNDER_WAY] = self._count[key]
        try:
            await self._app(scope, receive, send)
        finally:
            self._count[key] -= 1
            if not self._count[key]:
                del self._count[key]


class Gate:
    """Lets a request with a known key and permission pass, and tells the routes whose it is."""

    def __init__(self, app: ASGIApp, keys: Keys, concurrency: int, switches: Mapping[str, bool]) -> None:
        self._app = app
        self._keys = keys
        self._concurrency = concurrency
        self._switches = switches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers why not."""
        if scope["type"] == "http":
            try:
                self._check(Request(scope))
            except ApiError as error:
                await refusal(error, self._switches)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, request: Request) -> None:
        actor = self._keys.actor(request)
        if actor is None:
            raise UnauthorizedError(
                "Missing or unknown API key; send it as the user name of HTTP Basic, no password"
            )
        under_way = request.scope.get(UNDER_WAY, 1)
        if self._switches["invoiced.concurrency_limited"] and under_way > self._concurrency:
            raise TooManyError(
                f"{under_way} requests of this key are under way, at most {self._concurrency} may be"
            )
        reading = request.method in {"GET", "HEAD"}
        if actor == "tandem" and not reading and not self._switches["invoiced.tandem_may_write"]:
            raise ForbiddenError("This API key may read only")
        request.scope["invoiced.actor"] = actor
