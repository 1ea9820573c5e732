"""Something happens right before or after one of the sink's requests: a user acts, or the process dies."""

from collections.abc import Awaitable, Callable
from typing import Literal

import httpx

from connectors.errors import LeaseError
from tests.flow.connector_rig import System
from tests.flow.sink_rig import SinkRig

When = Literal["before", "after"]
Happening = Callable[[], Awaitable[object]]


class Interruptions(httpx.AsyncBaseTransport):
    """Passes requests on; what is planned happens once, at the first request of its method."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._plan: list[tuple[str, When, Happening]] = []

    def plan(self, method: str, when: When, happening: Happening) -> None:
        """Let this happen before or after the next request of a method."""
        self._plan.append((method, when, happening))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._happen(request.method, "before")
        answer = await self._inner.handle_async_request(request)
        await self._happen(request.method, "after")
        return answer

    async def _happen(self, method: str, when: When) -> None:
        for one in list(self._plan):
            if one[:2] == (method, when):
                self._plan.remove(one)
                await one[2]()


async def die() -> None:
    """End the worker as a lost lease does: nothing more leaves it, and nothing more is stored."""
    raise LeaseError("the process was killed here")


async def cut_into(rig: SinkRig) -> Interruptions:
    """Put a way to interrupt between a running sink and its system: the sink is opened anew behind it."""
    made = interrupted(rig.system)
    await rig.close()
    await rig.open(epoch=2)
    return made


def interrupted(system: System) -> Interruptions:
    """Put a way to interrupt before the system as Tandem reaches it."""
    made = Interruptions(system.tandem_http._transport)
    system.tandem_http = httpx.AsyncClient(
        transport=made, base_url="http://system", headers=dict(system.tandem_http.headers)
    )
    return made
