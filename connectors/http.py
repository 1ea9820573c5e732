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
from connectors.tally import Tally

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
        system: str = "unnamed",
    ) -> None:
        self._http = http
        self._budget = budget
        self._clock = clock
        self._read_error = read_error
        self._meaning = meaning
        self._tally = Tally(system)
        self.skew_ms = 0
        self.live_read_at = clock.monotonic()

    async def once(self, request: Request, share: Share) -> Answer:
        """Make one attempt; gone, duplicate and stale are answers, other failures are raised."""
        async with self._budget.turn(share):
            answer = await self._exchange(request)
        after = retry_after(answer.headers.get("retry-after"), answer.got_at)
        message, field = self._read_error(answer) if answer.status >= 400 else ("", None)
        place = f"{request.method} {request.path}: {answer.status}"
        action = action_for(
            answer.meaning, answer.status, f"{place} {message}".rstrip(), after=after, field=field
        )
        throttled = isinstance(action, Throttled)
        self._budget.heard(throttled, after)
        self._tally.answered(throttled=throttled, rate=self._budget.rate, skew_ms=answer.skew_ms)
        if action is not None:
            action.place = place
            raise action
        self.skew_ms = answer.skew_ms
        return answer

    async def read(self, request: Request, share: Share = "live") -> Answer:
        """Repeat a harmless request while it fails for a reason that may pass; both limits hold."""
        caller = stamina.AsyncRetryingCaller(
            attempts=READ_ATTEMPTS, timeout=READ_SECONDS, wait_initial=0.2, wait_max=10.0
        )
        return await caller(_may_pass, self._tried, request, share)

    @property
    def silent_until(self) -> float:
        """Until when the API wants no request, by the monotonic clock."""
        return self._budget.closed_until

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _tried(self, request: Request, share: Share) -> Answer:
        """Make one attempt to read; whatever comes of it, reading has moved."""
        try:
            return await self.once(request, share)
        finally:
            if share == "live":
                self.live_read_at = self._clock.monotonic()

    async def _exchange(self, request: Request) -> Answer:
        asked_at, began = self._clock.now_ms(), self._clock.monotonic()
        try:
            response = await self._http.request(**_arguments(request))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._tally.exchanged(request.method, "none", self._clock.monotonic() - began)
            failure = for_exception(error)
            failure.place = f"{request.method} {request.path}: {type(error).__name__}"
            raise failure from error
        self._tally.exchanged(request.method, str(response.status_code), self._clock.monotonic() - began)
        return self._answer(response, asked_at)

    def _answer(self, response: httpx.Response, asked_at: int) -> Answer:
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
