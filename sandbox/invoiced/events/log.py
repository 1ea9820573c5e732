"""The event log: what is appended, and who sees it from when on."""

from collections.abc import Mapping
from typing import Any

from sandbox.control import Clock
from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.exact_json import dumps
from sandbox.invoiced.records import Document
from sandbox.invoiced.webhooks import Webhooks

LATE_MS = 2_000  # how late a late event is unless its fault says so


class EventLog:
    """Appends events. A planned `late_event` keeps its place in time but shows up later; a duplicate shows twice."""

    def __init__(
        self, database: Database, clock: Clock, switches: Mapping[str, bool], webhooks: Webhooks
    ) -> None:
        self._db = database
        self._clock = clock
        self._switches = switches
        self._webhooks = webhooks

    def append(
        self,
        call: Call,
        kind: str,
        document: Document,
        previous: Mapping[str, Any] | None = None,
        *,
        shown: Document | None = None,
    ) -> None:
        """Notes that something happened to a document; `shown` is what `data.object` holds if not the document."""
        now = int(self._clock.now().timestamp() * 1000)
        late = call.fault("late_event")
        delay = 0 if late is None else late.delay_ms or LATE_MS
        # 0: seen at once, and still seen when a test sets the clock back
        visible = now + delay if delay else 0
        values = (
            self._db.next_number("event"),
            f"{document['object']}.{kind}",
            document["object"],
            document["id"],
            now // 1000,
            visible,
            self._origin(call),
            dumps(shown or document),
            None if previous is None else dumps(previous),
        )
        for _ in range(1 if call.fault("duplicate_event") is None else 2):
            self._insert(values, delay)

    def _insert(self, values: tuple[Any, ...], delay: int) -> None:
        row = self._db.execute("INSERT INTO events VALUES (NULL,?,?,?,?,?,?,?,?,?)", values)
        self._webhooks.plan(int(row.lastrowid or 0), delay)

    def _origin(self, call: Call) -> str:
        named = self._switches["invoiced.event_names_person"]
        return "team" if named and call.actor == "user" else "api"
