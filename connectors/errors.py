"""What a request's failure tells its caller to do: try again, leave this record, or stop the direction.

* ConnectorError
  + Retry          try again, not before `after` seconds
    - Throttled    the API asked for fewer requests (429)
    - Behind       the answer shows a past of its record; a later one will show more
    - Unreachable  no byte left this machine: nothing can have happened
    - Lost         no usable answer came back: it may have happened
  + Park           this record or page cannot be read or written as it is
    - Unreadable   the answer is not what its contract says
  + Stop           the login was refused: no request of this direction will do better
  + LeaseError     another process may be the holder by now: this one must end at once
"""

from typing import Literal

import httpx


class ConnectorError(Exception):
    """The root of all that a connector raises on purpose.

    `place` is the request and what became of it. A log shows only that: the message may hold the API's own words,
    and those may quote a record.
    """

    place: str | None = None

    @property
    def shown(self) -> str:
        """What a log may say of it."""
        return self.place or type(self).__name__


class Retry(ConnectorError):  # noqa: N818  # named by what the caller does
    """Try again; `after` is the API's own wish in seconds, None leaves the pause to the caller."""

    doubtful = False

    def __init__(self, reason: str, after: float | None = None, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.answered = answered


class Throttled(Retry):
    """The API wants fewer requests; this one had no effect."""


class Behind(Retry):
    """The answer came from a replica that lags behind; what it shows is no longer so."""


class Unreachable(Retry):
    """The connection never stood; the request had no effect."""


class Lost(Retry):
    """The request left, its answer did not arrive whole: a write may have been applied."""

    doubtful = True


class Park(ConnectorError):  # noqa: N818  # named by what the caller does
    """The API refused this record; `field` is the property it named, in the API's own spelling."""

    def __init__(self, reason: str, status: int = 0, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.field = field


class Unreadable(Park):
    """An answer or record whose JSON or types nobody can read."""


class Stop(ConnectorError):  # noqa: N818  # named by what the caller does
    """The login is refused (401, 403); the direction pauses and is listed."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class LeaseError(ConnectorError):
    """The lease is older than its session: nothing may be sent any more."""


Action = Retry | Park | Stop

Meaning = Literal["ok", "gone", "duplicate", "stale", "rejected", "login", "throttled", "unsent", "retry"]
MEANINGS: dict[int, Meaning] = {
    400: "rejected", 401: "login", 403: "login", 404: "gone", 405: "rejected", 406: "rejected", 408: "retry",
    409: "duplicate", 410: "gone", 411: "rejected", 412: "stale", 413: "rejected", 414: "rejected", 415: "rejected",
    421: "unsent", 422: "rejected", 423: "throttled", 425: "throttled", 429: "throttled", 431: "rejected",
}  # fmt: skip
# What a meaning makes its caller do; None: it answers a question, the caller's rules read it.
ACTIONS: dict[Meaning, type[Retry | Park | Stop] | None] = {
    "ok": None,
    "gone": None,
    "duplicate": None,
    "stale": None,
    "rejected": Park,
    "login": Stop,
    "throttled": Throttled,
    "unsent": Unreachable,
    "retry": Lost,
}


def meaning_of(status: int, own: Meaning | None = None) -> Meaning:
    """Return what a status means; `own` is what the system's profile says about it."""
    if own is not None:
        return own
    if status < 300:
        return "ok"
    return MEANINGS.get(status, "retry" if status >= 500 else "rejected")


def action_for(
    meaning: Meaning, status: int, reason: str, *, after: float | None = None, field: str | None = None
) -> Action | None:
    """Return what to do about an answer; None: read it."""
    kind = ACTIONS[meaning]
    if kind is None:
        return None
    if issubclass(kind, Retry):
        return kind(reason, after, answered=True)
    return Park(reason, status, field) if issubclass(kind, Park) else Stop(reason, status)


_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NEVER = (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)


def for_exception(error: Exception) -> ConnectorError:
    """Return what to do about a transport's exception."""
    if isinstance(error, ConnectorError):
        return error
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, _UNSENT):
        return Unreachable(reason)
    return Park(reason) if isinstance(error, _NEVER) else Lost(reason)
