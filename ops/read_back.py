"""The task beside the agents that reads the public topics back when the state was lost (`catching_up`).

Whichever worker holds the tenant's log runs it. It appends to the log what `links`, `unlinked` and `control` hold, and
the latest version of every record in the change topics as intake would forward it, and says at the end that
this was all. Everything carries the run's name and its place, so a second time changes nothing.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from confluent_kafka import KafkaException, Producer
from msgspec import Struct

from ops.channel import decoded
from schemas import librdkafka
from schemas.codec import Codec
from schemas.records import Body, Control, Link, LogEnd, Position, Restore, Unlinked
from schemas.registry import Registry, RegistryError
from schemas.topics import Topics
from streams import cluster
from streams.agents.intake import Envelopes
from streams.domain import recalled
from streams.domain.tenant_row import CatchingUp
from streams.latest import Last, StillError, latest

AGAIN_S = 5.0
LOOK_S = 0.2
FLUSH_S = 60.0

log = structlog.get_logger(__name__)


class Wanted:
    """What is to be read back; said by the thread that opens a partition."""

    def __init__(self) -> None:
        self._now: CatchingUp | None = None

    def say(self, now: CatchingUp) -> None:
        """The newest is the one that counts."""
        self._now = now

    def take(self) -> CatchingUp | None:
        """It is taken once."""
        now, self._now = self._now, None
        return now


class Source(Struct, frozen=True):
    """Where to read and where to append. `changes`: the full names of the change topics."""

    bootstrap: str
    tenant: str
    home: int
    topics: Topics
    changes: tuple[str, ...]
    codec: Codec
    registry: Registry
    envelopes: Envelopes


class NotAppendedError(RuntimeError):
    """The log did not take all of it."""


class ReadBack:
    """One run. Every method blocks, so it has a thread to itself."""

    def __init__(self, source: Source, run: str) -> None:
        self._source = source
        self._run = run
        self._failed: list[str] = []
        self._producer = Producer(
            {
                "bootstrap.servers": source.bootstrap,
                "enable.idempotence": True,
                "compression.type": "zstd",
                "linger.ms": 5,
                "message.max.bytes": 8 << 20,
            },
            logger=librdkafka.LOGGER,
        )

    def __call__(self) -> dict[str, int]:
        """Appends everything in the order in which it is needed; gives how much of each there was."""
        ends = self._ends()
        counts = {
            "gates": self._rows("control"),
            "links": self._rows("links"),
            "unlinked": self._rows("unlinked"),
            "changes": sum(self._changes(name) for name in self._source.changes),
        }
        for end in ends:
            body = Position(end.topic, end.topic_id, end.partition, end.offset)
            self._say(f"{end.topic}/{end.partition}/{end.offset}/at", body)
        self._flush()  # nothing may be missing below the end that is said now
        self._say("over", recalled.over(self._run, ends))
        self._flush()
        return counts

    def _ends(self) -> list[LogEnd]:
        admin = cluster.connect(self._source.bootstrap)
        facts = cluster.describe(admin, self._source.changes)
        return [
            LogEnd(name, fact.id, partition, cluster.bounds(admin, name, partition)[1])
            for name, fact in sorted(facts.items())
            for partition in range(fact.partitions)
        ]

    def _rows(self, short: str) -> int:
        count = 0
        for found in latest(self._source.bootstrap, self._source.topics.name(short)):
            body = self._restored(found)
            if body is not None:
                self._say(f"{short}/{found.partition}/{found.offset}", body)
                count += 1
        return count

    def _restored(self, found: Last) -> Restore | None:
        record = decoded(self._source.codec, self._source.registry, found.value or b"")
        if isinstance(record, Link):
            return recalled.link(self._run, record)
        if isinstance(record, Unlinked):
            return recalled.unlinked(self._run, record)
        if isinstance(record, Control):
            return recalled.gate(self._run, self._source.tenant, record.key, record.json)
        return None

    def _changes(self, name: str) -> int:
        count = 0
        for found in latest(self._source.bootstrap, name, below_tombstones=True):
            value = self._source.envelopes.change(found, found.topic, found.partition, found.offset)
            self._append(value, found.headers)
            count += 1
        return count

    def _say(self, place: str, body: Body) -> None:
        self._append(self._source.codec.encode_event(f"catching-up/{self._run}/{place}", body), [])

    def _append(self, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        name = self._source.topics.name("sync.in")
        while True:
            try:
                self._producer.produce(
                    name,
                    value,
                    self._source.tenant.encode(),
                    partition=self._source.home,
                    headers=list(headers),
                    on_delivery=self._noted,
                )
            except BufferError:
                self._producer.poll(0.1)
            else:
                self._producer.poll(0)
                return

    def _noted(self, error: object, _message: Any) -> None:
        if error is not None:
            self._failed.append(str(error))

    def _flush(self) -> None:
        left = self._producer.flush(FLUSH_S)
        if left or self._failed:
            raise NotAppendedError(f"{left} entries are not acknowledged; {'; '.join(self._failed[:3])}")


async def keep_reading_back(wanted: Wanted, source: Source) -> None:
    """Runs whenever it is wanted, until it has succeeded; a newer want replaces an older one."""
    now: CatchingUp | None = None
    while True:
        now = wanted.take() or now
        if now is None:
            await asyncio.sleep(LOOK_S)
            continue
        try:
            counts = await asyncio.to_thread(ReadBack(source, now.id))
        except (KafkaException, RegistryError, NotAppendedError, StillError) as error:
            log.warning("catching_up.failing", id=now.id, error=str(error))
            await asyncio.sleep(AGAIN_S)
        else:
            log.info("catching_up.told", id=now.id, **counts)
            now = None


__all__ = ["ReadBack", "Source", "Wanted", "keep_reading_back"]
