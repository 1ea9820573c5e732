"""How far each entity has been read, kept in the compacted topic `cursors` and read from there at start."""

from typing import Any, Literal, TypeVar

import msgspec
import simplejson

from connectors.log.log import Cluster
from connectors.publisher import Publisher
from connectors.source import Place
from connectors.wire import Wire
from schemas.records import Cursor

T = TypeVar("T", bound=msgspec.Struct)


class Suspicion(msgspec.Struct, frozen=True):
    """A record that may be gone. `missed_at`: when it first answered 404; `round`: in which round that was.

    `merged`: it was missed when the source told of a merge, and may have gone up in another record.
    """

    ref: str
    raised_at: int
    named: bool
    missed_at: int | None = None
    round: int | None = None
    merged: bool = False


HINTS_A_ROUND = 50  # records that events name and a round reads by id


class Hint(msgspec.Struct, frozen=True):
    """A record that an event says has changed and that is not read yet. `at`: the event's time, ms.

    `tries`: how often it was read and did not show that yet. `parent`: the record below which it lives.
    """

    ref: str
    at: int
    parent: str | None = None
    tries: int = 0


class Scan(msgspec.Struct, frozen=True):
    """A complete reading under way. `began_at`: our clock; records first seen later are not looked for in it."""

    id: str
    kind: Literal["backfill", "full"]
    begun: str
    began_at: int
    place: Place
    published: int = 0
    marked: bool = True
    nameless: bool = False  # a record without an id was met
    merged: bool = False  # it was due because the source told of a merge


class Reading(msgspec.Struct, frozen=True):
    """Where reading of one entity stands. `since`: every record stamped until then has been read, in ms."""

    since: int | None = None
    complete: bool = False
    scan: Scan | None = None
    scan_due: str | None = None
    scanned_at: int | None = None
    suspicions: tuple[Suspicion, ...] = ()
    asked: str | None = None  # the last wish for a whole reading that was begun
    missing: int = 0  # so many records the last scan lacked, too many to be believed
    approved: str | None = None  # the last decision about missing records that was followed
    hints: tuple[Hint, ...] = ()
    doubtful: bool = False  # a record showed what may be a past, and was not read again yet


class FeedReading(msgspec.Struct, frozen=True):
    """The events that have been handled last, by id, and when the last of them were read, by the system's clock."""

    seen: tuple[int, ...] = ()
    started: bool = False
    read_at: int = 0


class Cursors:
    """The present value of every key, and the way to store a new one."""

    def __init__(self, topic: str, cluster: Cluster, wire: Wire) -> None:
        self._topic = topic
        self._cluster = cluster
        self._wire = wire
        self._held: dict[str, str] = {}

    async def load(self) -> None:
        """Read the topic to its head."""
        place = (self._topic, 0)
        end = (await self._cluster.ends([place]))[place]
        tail = self._cluster.tail({place: None})
        try:
            while tail.position[place] < end:
                for raw in await tail.poll():
                    record = None if raw.value is None else self._wire.decode(raw.value)
                    if isinstance(record, Cursor):
                        self._held[record.key] = record.json
                    else:
                        self._held.pop(raw.key, None)
        finally:
            await tail.close()

    def get(self, key: str, kind: type[T]) -> T:
        """Return what is stored under a key, or the kind's defaults."""
        text = self._held.get(key)
        return kind() if text is None else msgspec.convert(simplejson.loads(text), kind)

    async def save(self, publisher: Publisher, key: str, value: msgspec.Struct) -> None:
        """Store a value; done with its ack. The same value again costs nothing."""
        content: dict[str, Any] = msgspec.to_builtins(value)
        text = simplejson.dumps(content, sort_keys=True)
        if self._held.get(key) != text:
            await publisher.cursor(key, text)
            self._held[key] = text


class Bookmark:
    """One entity's reading: moved freely in memory, stored when it matters."""

    def __init__(self, cursors: Cursors, publisher: Publisher, key: str) -> None:
        self._cursors = cursors
        self._publisher = publisher
        self._key = key
        self.reading = cursors.get(key, Reading)
        self._stored_since = self.reading.since or 0

    def move(self, **changes: Any) -> None:
        """Change the reading without storing it: a restart reads a little again."""
        self.reading = msgspec.structs.replace(self.reading, **changes)

    async def store(self, **changes: Any) -> None:
        """Change the reading and store it."""
        self.move(**changes)
        self._stored_since = self.reading.since or 0
        await self._cursors.save(self._publisher, self._key, self.reading)

    async def store_if_far(self, ms: int) -> None:
        """Store a cursor that has moved by at least this much since it was stored."""
        if abs((self.reading.since or 0) - self._stored_since) >= ms:
            await self.store()
