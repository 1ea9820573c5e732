"""The one HTTP client of a system: a turn of the budget, the lease right before the bytes, then one exchange."""

from collections.abc import Callable
from typing import Any

import httpx
import stamina

from connectors.budget import Budget
from connectors.clock import Clock
from connectors.errors import Meaning, Retry, Throttled, action_for, for_exception, meaning_of
from connectors.exchange import Answer, Request, retry_after
from connectors.shares import Share

ErrorReader = Callable[[Answer], tuple[str, str | None]]
READ_ATTEMPTS = 5
READ_SECONDS = 30.0


class GuardedTransport(httpx.AsyncBaseTransport):
    """Asks `check` right before a request's bytes go; what it raises keeps them here."""

    def __init__(self, inner: httpx.AsyncBaseTransport, check: Callable[[], None]) -> None:
        self._inner = inner
        self._check = check

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the request on if the check lets it."""
        self._check()
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Client:
    """Exchanges requests for answers and turns every failure into Retry, Park or Stop."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        budget: Budget,
        clock: Clock,
        read_error: ErrorReader,
        meaning: Callable[[int], Meaning | None] = lambda _: None,
    ) -> None:
        self._http = http
        self._budget = budget
        self._clock = clock
        self._read_error = read_error
        self._meaning = meaning
        self.skew_ms = 0

    async def once(self, request: Request, share: Share) -> Answer:
        """Make one attempt; gone, duplicate and stale are answers, other failures are raised."""
        async with self._budget.turn(share):
            answer = await self._exchange(request)
        after = retry_after(answer.headers.get("retry-after"), answer.got_at)
        message, field = self._read_error(answer) if answer.status >= 400 else ("", None)
        reason = f"{request.method} {request.path}: {answer.status} {message}".rstrip()
        action = action_for(answer.meaning, answer.status, reason, after=after, field=field)
        self._budget.heard(isinstance(action, Throttled), after)
        if action is not None:
            raise action
        self.skew_ms = answer.skew_ms
        return answer

    async def read(self, request: Request, share: Share = "live") -> Answer:
        """Repeat a harmless request while it fails for a reason that may pass; both limits hold."""
        caller = stamina.AsyncRetryingCaller(
            attempts=READ_ATTEMPTS, timeout=READ_SECONDS, wait_initial=0.2, wait_max=10.0
        )
        return await caller(_may_pass, self.once, request, share)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _exchange(self, request: Request) -> Answer:
        asked_at = self._clock.now_ms()
        try:
            response = await self._http.request(**_arguments(request))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise for_exception(error) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status_code
        meaning = meaning_of(status, self._meaning(status))
        return Answer(status, headers, response.content, asked_at, self._clock.now_ms(), meaning)


def _arguments(request: Request) -> dict[str, Any]:
    given = {"content-type": "application/json"} if request.body is not None else {}
    headers = {"accept": "application/json", **given, **request.headers}
    return {
        "method": request.method,
        "url": request.path,
        "params": dict(request.params) or None,
        "content": request.content(),
        "headers": headers,
    }


def _may_pass(error: Exception) -> bool | float:
    if not isinstance(error, Retry):
        return False
    return True if error.after is None else error.after
