"""Answers kept for a day, so that a request repeated with its `Idempotency-Key` is carried out once."""

import re
import sqlite3
from hashlib import sha256

import orjson
from starlette.responses import Response

from .errors import Refusal

KEPT_MS = 24 * 3600 * 1000
KEY = re.compile("[!-~]{1,255}")


class Answers:
    """Only successes are kept: a refused or failed request may be repeated after its cause is gone."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, key: str, request: str, now: int) -> Response | None:
        """The answer given before, if there was one; the same key for another request is refused."""
        if KEY.fullmatch(key) is None:
            cure = "send 1 to 255 visible ASCII characters"
            raise Refusal(
                400, "malformed", f"Idempotency-Key is {key[:60]!r} ({len(key)} characters); {cure}"
            )
        row = self._db.execute(
            "SELECT request, status, headers, body FROM answers WHERE key = ? AND at > ?",
            (key, now - KEPT_MS),
        ).fetchone()
        if row is None:
            return None
        if row[0] != request:
            message = (
                f"Idempotency-Key {key!r} was sent with another request; use a new key for a new request"
            )
            raise Refusal(422, "idempotency_key_reused", message)
        headers = {**orjson.loads(row[2]), "Idempotent-Replayed": "true"}
        return Response(row[3], row[1], headers=headers)

    def keep(self, key: str, request: str, now: int, response: Response) -> None:
        """Notes an answer, and forgets those older than a day."""
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        self._db.execute("DELETE FROM answers WHERE at <= ?", (now - KEPT_MS,))
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (key, request, now, response.status_code, orjson.dumps(headers), bytes(response.body)),
        )


def fingerprint(actor: str, method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    return sha256(b"\0".join([actor.encode(), method.encode(), path.encode(), body])).hexdigest()
