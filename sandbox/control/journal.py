"""The request log and its counters: who asked what, what was answered, and whether it was carried out."""

import asyncio
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from .store import read_setting, write_setting

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BATCH = 500
FLUSH_AFTER_S = 0.1
KEEP = 1_000_000


class Entry(NamedTuple):
    """One answered (or dropped) request, in the order of the table's columns."""

    seq: int
    at: str
    actor: str | None
    method: str
    path: str
    query: str
    status: int | None
    fault: str | None
    applied: int
    idempotency_key: str | None
    body: str | None
    writes: int


class Journal:
    """Numbers requests without gaps. While `batched`, entries reach the disk within a tenth of a second."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.batched = False
        self._db = db
        self._pending: list[Entry] = []
        self._counters: Counter[tuple[str, str]] = Counter(
            {
                (actor, kind): count
                for actor, kind, count in db.execute("SELECT actor, kind, count FROM counters")
            }
        )
        self._last = int(read_setting(db, "last_seq") or 0)

    def add(
        self,
        *,
        actor: str | None,
        method: str,
        path: str,
        query: str,
        status: int | None,
        fault: str | None,
        applied: bool,
        idempotency_key: str | None,
        body: bytes,
    ) -> None:
        """Notes one request; `status` is None when the client got no answer."""
        self._last += 1
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        write = method in WRITES
        text = body.decode("utf-8", "replace") if body else None
        key = (actor or "unauthenticated", "writes" if write else "reads")
        self._counters[key] += 1
        self._pending.append(
            Entry(
                self._last,
                at,
                actor,
                method,
                path,
                query,
                status,
                fault,
                applied,
                idempotency_key,
                text,
                write,
            )
        )
        if not self.batched or len(self._pending) >= BATCH:
            self.flush()
        elif len(self._pending) == 1:
            asyncio.get_running_loop().call_later(FLUSH_AFTER_S, self.flush)

    def flush(self) -> None:
        """Writes what is pending, in one transaction."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO requests VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", pending)
        counts = [(*key, count) for key, count in self._counters.items()]
        self._db.executemany("INSERT OR REPLACE INTO counters VALUES (?, ?, ?)", counts)
        write_setting(self._db, "last_seq", str(self._last))
        self._db.execute("DELETE FROM requests WHERE seq <= ?", (self._last - KEEP,))
        self._db.execute("COMMIT")

    def read(self, *, after: int, actor: str | None, writes: bool, limit: int) -> dict[str, Any]:
        """The entries after `after`, oldest first, and the number to ask from next."""
        self.flush()
        rows = self._db.execute(
            "SELECT * FROM requests WHERE seq > ? AND (? IS NULL OR actor = ?) AND writes >= ? ORDER BY seq LIMIT ?",
            (after, actor, actor, int(writes), limit),
        ).fetchall()
        entries = [_shown(Entry(*row)) for row in rows]
        upto = entries[-1]["seq"] if len(entries) == limit else max(self._last, after)
        return {"next": upto, "requests": entries}

    def counters(self) -> dict[str, dict[str, int]]:
        """Reads and writes by actor since the last reset; requests without a known key only when there are any."""
        actors = {"tandem", "user"} | {actor for actor, _ in self._counters}
        return {
            actor: {"reads": self._counters[actor, "reads"], "writes": self._counters[actor, "writes"]}
            for actor in sorted(actors)
        }

    def reset(self) -> None:
        """Forgets all entries and counts; numbers go on rising, so that `after` stays meaningful."""
        self.flush()
        self._counters.clear()
        self._db.execute("DELETE FROM requests")
        self._db.execute("DELETE FROM counters")


def _shown(entry: Entry) -> dict[str, Any]:
    shown = entry._asdict()
    del shown["writes"]
    shown["applied"] = bool(entry.applied)
    if entry.body is not None and _is_json(entry.body):
        shown["body"] = orjson.Fragment(
            entry.body
        )  # as it came: a number with decimals never becomes a float
    return shown


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
