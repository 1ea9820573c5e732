"""A poller without Kafka: a log in memory, a simulator in front of it."""

import asyncio
from pathlib import Path
from typing import Any

from connectors.backfill import Scanner
from connectors.clock import SystemClock
from connectors.crm import records as crm_records
from connectors.crm.source import CrmSource
from connectors.cursor import Bookmark, Cursors
from connectors.http import Client
from connectors.invoiced import records as invoiced_records
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.source import InvoicedSource
from connectors.missing import Asked
from connectors.order import WriteOrder
from connectors.parents import Parents
from connectors.polling import Around, Intervals, Polling
from connectors.rounds import Rounds
from connectors.shadow import Shadow
from connectors.system import meaning_in
from schemas.codec import Codec
from schemas.profile_file import load_profile
from schemas.records import Change, RoundBegun, RoundPassed, Unreadable
from tests.flow.connector_rig import MemoryLog, MemorySchemas, System, client_of, publisher_of

PROFILE = load_profile()


class PollerRig:
    """All that reads one system; `open` again after `close` is a restart with the same Kafka and an empty disk.

    `entities`: what is polled; the first one is what the tests of one entity mean.
    """

    def __init__(
        self,
        folder: Path,
        system: System,
        name: str,
        log: MemoryLog | None = None,
        entities: tuple[str, ...] = ("customer",),
    ) -> None:
        self.folder, self.system, self.name, self.entities = folder, system, name, entities
        self.log = log or MemoryLog()
        self.codec = Codec(MemorySchemas(), self.log.topics)
        self.clock = SystemClock()
        self._starts = 0
        self.asked: Asked | None = None
        self.judged: Asked | None = None
        self.replacing: set[str] = set()
        self.confirm_s = 0.0
        self._pages, self._stopping = 1_000_000, asyncio.Event()

    async def open(self, epoch: int = 1) -> "PollerRig":
        self._starts += 1
        disk, topics = self.folder / str(self._starts), self.log.topics
        binding = await self.log.binding([topics.name(f"{self.name}.{one}") for one in self.entities])
        publisher = publisher_of(self.log, self.codec)
        self.shadow = Shadow(disk / "shadow", binding, self.log, self.codec)
        self._follower = asyncio.create_task(self.shadow.mirror.follow())
        await self.shadow.mirror.at_head()
        cursors = Cursors(topics.name("cursors"), self.log, self.codec)
        await cursors.load()
        self.order = WriteOrder(self.clock, self.shadow.read_at)
        parents = Parents(self.shadow)
        source, client = self._parts(parents)
        self.polling = Polling(
            Around(
                source=source, client=client, feed=InvoicedFeed() if self.name == "invoiced" else None,
                shadow=self.shadow, publisher=publisher, order=self.order, parents=parents,
                rounds=Rounds(self.name, epoch, publisher, self.log, binding, topics, self.clock),
                cursors=cursors, wishes=_Wishes(self), clock=self.clock, epoch=epoch, hold=self._hold,
                folder=disk / "marks", intervals=Intervals(), replacing=self.replacing.__contains__,
            )
        )  # fmt: skip
        self.poller, self.items = self.polling.live, self.polling.whole
        return self

    @property
    def scanner(self) -> Scanner:
        return self.polling.scanners[self.entities[0]]

    @property
    def bookmark(self) -> Bookmark:
        return self.polling.bookmarks[self.entities[0]]

    def _parts(self, parents: Parents) -> tuple[Any, Client]:
        if self.name == "invoiced":
            modelled = {
                "customer": frozenset({"metadata.fax"}),
                "invoice": frozenset({"ship_to.city"}),
            }
            source = InvoicedSource(modelled, self.entities, parents.of, self.confirm_s)
            return source, client_of(self.system, invoiced_records.read_error)
        client = client_of(
            self.system,
            lambda answer: crm_records.read_error(PROFILE, answer),
            lambda status: meaning_in(PROFILE, status),
        )
        return CrmSource(PROFILE, self.entities, {"order": frozenset({"ShippingAddress.City"})}), client

    async def scan(self, pages: int = 1_000_000, entity: str | None = None) -> None:
        """Scan to the end, or stop after some pages as a SIGTERM would."""
        self._stopping, self._pages = asyncio.Event(), pages
        await self.polling.scanners[entity or self.entities[0]].scan(self._stopping)

    async def _hold(self) -> None:
        self._pages -= 1
        if self._pages == 0:
            self._stopping.set()

    async def rounds(self, count: int) -> None:
        for _ in range(count):
            await self.poller.round()

    def changes(self, entity: str | None = None) -> list[Change]:
        topic = f"{self.name}.{entity or self.entities[0]}"
        values = [raw.value for raw in self.log.read(topic) if raw.value is not None]
        return [change for value in values if isinstance(change := self.codec.decode(value), Change)]

    def tombstones(self, entity: str | None = None) -> list[str]:
        topic = f"{self.name}.{entity or self.entities[0]}"
        return [raw.key for raw in self.log.read(topic) if raw.value is None]

    def said(self, kind: type[Any]) -> list[Any]:
        events = [
            self.codec.decode_event(raw.value or b"", 0, 0, "default") for raw in self.log.read("sync.in")
        ]
        return [event.body for event in events if isinstance(event.body, kind)]

    def passed(self) -> list[RoundPassed]:
        return self.said(RoundPassed)

    def begun(self) -> list[RoundBegun]:
        return self.said(RoundBegun)

    def unreadable(self) -> list[Unreadable]:
        """What is said to be unreadable; that something can be read is another matter."""
        return [one for one in self.said(Unreadable) if one.cause]

    def readable(self, entity: str = "customer") -> list[str | None]:
        """The pages of an entity that are said to be readable again."""
        return [one.page for one in self.said(Unreadable) if not one.cause and one.entity == entity]

    async def close(self) -> None:
        self._follower.cancel()
        await asyncio.gather(self._follower, return_exceptions=True)
        self.shadow.mirror.close()
        self.polling.close()


class _Wishes:
    """What the test wants of whole readings, and says of missing records."""

    def __init__(self, rig: PollerRig) -> None:
        self._rig = rig

    def asked(self, system: str, entity: str) -> Asked | None:
        del system, entity
        return self._rig.asked

    def judged(self, system: str, entity: str) -> Asked | None:
        del system, entity
        return self._rig.judged
