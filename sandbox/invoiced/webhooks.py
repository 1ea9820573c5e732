"""Webhooks: each event posted to each endpoint, signed, at least once, in no promised order."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from .database import Database

RETRY_MS = (200, 1_000, 5_000, 30_000)  # Invoiced itself: hourly, up to 48 times
TIMEOUT_S = 30
SIGNATURE = "X-Invoiced-Signature"

ReadEvent = Callable[[int], str | None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go, and the secret they are signed with."""

    url: str
    secret: str


def signature(secret: str, body: bytes) -> str:
    """The hex HMAC-SHA256 of a body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Webhooks:
    """Plans deliveries in the database, in the transaction of the event, and makes them in the background."""

    def __init__(
        self, database: Database, switches: Mapping[str, bool], endpoints: Sequence[Endpoint]
    ) -> None:
        self._db = database
        self._switches = switches
        self._endpoints = {each.url: each for each in endpoints}
        self._task: asyncio.Task[None] | None = None
        self.read_event: ReadEvent = lambda _: None

    def plan(self, seq: int, delay_ms: int) -> None:
        """Notes the deliveries of an event; they begin once its transaction is over, as nothing in it waits."""
        rows = [(url, seq, _now_ms() + delay_ms) for url in self._endpoints]
        self._db.executemany("INSERT INTO deliveries (url, seq, attempts, due_ms) VALUES (?, ?, 0, ?)", rows)
        self.wake()

    def wake(self) -> None:
        """Begins to deliver, unless that is under way; called after an event and when a server starts."""
        if self._endpoints and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._deliver())

    async def stop(self) -> None:
        """Leaves the rest for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _deliver(self) -> None:
        while self._until_due() is not None:  # again: closing a client takes time, in which more may come
            async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
                await self._empty(client)

    async def _empty(self, client: httpx.AsyncClient) -> None:
        while (wait_s := self._until_due()) is not None:
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            for number, url, seq, attempts in self._due():
                await self._attempt(client, number, url, seq, attempts)

    def _until_due(self) -> float | None:
        row = self._db.execute("SELECT min(due_ms) FROM deliveries").fetchone()
        return None if row[0] is None else min((row[0] - _now_ms()) / 1000, 1.0)

    def _due(self) -> list[tuple[int, str, int, int]]:
        return self._db.execute(
            "SELECT number, url, seq, attempts FROM deliveries WHERE due_ms <= ? ORDER BY number LIMIT 100",
            (_now_ms(),),
        ).fetchall()

    async def _attempt(
        self, client: httpx.AsyncClient, number: int, url: str, seq: int, attempts: int
    ) -> None:
        endpoint, text = self._endpoints.get(url), self.read_event(seq)
        if endpoint is None or text is None:
            self._forget(number)
            return
        status = await _post(client, endpoint, text.encode())
        if status == 410 and self._switches["invoiced.webhook_gone_disables"]:
            self._disable(url)
        elif 200 <= status < 300 or attempts >= len(RETRY_MS):
            self._forget(number)
        else:
            due = _now_ms() + RETRY_MS[attempts]
            self._db.execute(
                "UPDATE deliveries SET attempts = attempts + 1, due_ms = ? WHERE number = ?", (due, number)
            )

    def _forget(self, number: int) -> None:
        self._db.execute("DELETE FROM deliveries WHERE number = ?", (number,))

    def _disable(self, url: str) -> None:
        self._endpoints.pop(url, None)
        self._db.execute("DELETE FROM deliveries WHERE url = ?", (url,))


def _now_ms() -> int:
    """The machine's time: a moved clock changes stamps, not how long a delivery waits."""
    return int(time.time() * 1000)


async def _post(client: httpx.AsyncClient, endpoint: Endpoint, body: bytes) -> int:
    """The status of one delivery; 0 when there was none."""
    headers = {"Content-Type": "application/json", SIGNATURE: signature(endpoint.secret, body)}
    try:
        return (await client.post(endpoint.url, content=body, headers=headers)).status_code
    except httpx.HTTPError:
        return 0
