"""What every command of a sink is carried out with."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from msgspec import Struct

from connectors.backoff import Limits
from connectors.clock import Clock
from connectors.exchange import Request
from connectors.http import Client
from connectors.look import Look
from connectors.order import WriteOrder
from connectors.sink import Sink
from connectors.source import Feed
from schemas.records import Applied, Command, Image, Json, Trying


def _never(command: Command, look: Look) -> bool:
    del command, look
    return False


class Replacer(Protocol):
    """Makes a noted record anew, with other values."""

    def recreate(self, ref: str, whole: str, values: Mapping[str, Json], key: str) -> Request: ...


class Surroundings(Struct, frozen=True):
    """What every command of a sink is carried out with. `note`: remember an attempt, durably, before it goes.

    `open_for`: whether the command may be written now; asked before each attempt, so that a pause stops retries too.
    `behind`: whether a look at a record shows a past of it, as a replica does that lags behind.
    """

    sink: Sink
    client: Client
    order: WriteOrder
    clock: Clock
    note: Callable[[Command, Trying], Awaitable[None]]
    held: Callable[[Command, Applied | None], Image | None]
    since: Callable[[str], int]
    open_for: Callable[[Command], bool]
    epoch: int = 0
    client_timeout_s: float = 10.0
    limits: Limits = Limits()
    feed: Feed | None = None
    replacer: Replacer | None = None
    behind: Callable[[Command, Look], bool] = _never
