"""`Idempotency-Key`: the first answer to a key is given again for a day."""

import hashlib
from collections.abc import Mapping

from starlette.responses import Response

from sandbox.control import Clock

from .call import Call
from .database import Database
from .errors import JSON, InvalidError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"  # tells the request log that nothing was applied
DAY_S = 86_400


def checked_key(call: Call, switches: Mapping[str, bool]) -> str | None:
    """The key of a request that may have one; raises InvalidError."""
    key = call.request.headers.get(HEADER)
    if key is None or not switches["invoiced.idempotency_honoured"]:
        return None
    if switches["invoiced.idempotency_checked"]:
        if call.request.method not in {"POST", "PATCH"}:
            raise InvalidError(f"{HEADER} can be used with POST and PATCH only, not {call.request.method}")
        if not 6 <= len(key) <= 64:
            raise InvalidError(f"{HEADER} must have 6 to 64 characters, not {len(key)}")
    return key if call.request.method in {"POST", "PATCH"} else None


class Answers:
    """The answers given to each key of each API key."""

    def __init__(self, database: Database, clock: Clock, switches: Mapping[str, bool]) -> None:
        self._db = database
        self._clock = clock
        self._switches = switches

    def find(self, call: Call, key: str, raw: bytes) -> Response | None:
        """The answer given before, or None; raises InvalidError where another body with the same key is refused."""
        row = self._db.execute(
            "SELECT at, request, status, body FROM answers WHERE api_key = ? AND key = ?", (call.actor, key)
        ).fetchone()
        if row is None or row[0] + DAY_S <= self._now():
            return None
        if not self._switches["invoiced.idempotency_by_key_alone"] and row[1] != _digest(call, raw):
            raise InvalidError(f"{HEADER} {key!r} was used with another request; use a new key")
        return Response(row[3], row[2], {REPLAYED: "true"}, media_type=JSON)

    def keep(self, call: Call, key: str, raw: bytes, response: Response) -> None:
        """Keeps an answer, in the transaction of what it answers."""
        if response.status_code >= 400 and not self._switches["invoiced.idempotency_keeps_errors"]:
            return
        body = bytes(response.body).decode()
        row = (call.actor, key, self._now(), _digest(call, raw), response.status_code, body)
        self._db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)", row)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _digest(call: Call, raw: bytes) -> str:
    start = f"{call.request.method} {call.request.url.path}\n".encode()
    return hashlib.sha256(start + raw).hexdigest()
