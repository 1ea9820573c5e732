"""Everything the connector writes to Kafka, each record in its topic under its key, the lease checked before."""

from collections.abc import Awaitable, Callable
from typing import Any

from connectors.log.log import Outlet, Placed
from connectors.wire import Wire
from schemas.records import Applied, Body, Change, Cursor
from schemas.topics import Topics


class Publisher:
    """One method for each kind of record; what it returns is done with the ack of all replicas."""

    def __init__(
        self, outlet: Outlet, wire: Wire, topics: Topics, check: Callable[[], None], sync_partition: int = 0
    ) -> None:
        self._outlet = outlet
        self._wire = wire
        self._topics = topics
        self._check = check
        self._sync_partition = sync_partition

    def change(self, change: Change) -> tuple[bytes, Awaitable[Placed]]:
        """Publish a version; returns its value too, for the shadow to hold until it reads it back."""
        short = topic_of(change.ref)
        value = self._wire.encode(short, change)
        headers = {"tandem-event-id": f"{change.ref}@{change.version}"}
        return value, self._append(short, change.ref, value, headers=headers)

    def tombstone(self, ref: str) -> Awaitable[Placed]:
        """Let a deleted record's key vanish from the compacted topic."""
        return self._append(topic_of(ref), ref, None)

    def say(self, event_id: str, body: Body) -> Awaitable[Placed]:
        """Append to the tenant's log."""
        value = self._wire.encode_event(event_id, body)
        return self._append("sync.in", self._topics.tenant, value, partition=self._sync_partition)

    def cursor(self, key: str, text: str) -> Awaitable[Placed]:
        """Store how far something has been read, as JSON text."""
        return self._append("cursors", key, self._wire.encode("cursors", Cursor(key, text)))

    def applied(self, system: str, memory: Applied) -> tuple[bytes, Awaitable[Placed]]:
        """Publish what the sink remembers of a link."""
        short = f"applied.{system}"
        value = self._wire.encode(short, memory)
        return value, self._append(short, memory.link_id, value)

    def _append(self, short: str, key: str, value: bytes | None, **options: Any) -> Awaitable[Placed]:
        self._check()
        return self._outlet.append(self._topics.name(short), key, value, **options)


def topic_of(ref: str) -> str:
    """Return the short name of the topic that carries a record's changes."""
    return ".".join(ref.split(":")[:2])
