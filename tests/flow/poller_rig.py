"""A poller without Kafka: a log in memory, a simulator in front of it."""

import asyncio
from pathlib import Path
from typing import Any

from connectors.backfill import Asked, Scanner
from connectors.clock import SystemClock
from connectors.crm import records as crm_records
from connectors.crm.source import CrmSource
from connectors.cursor import Bookmark, Cursors, FeedReading
from connectors.feed import FeedReader
from connectors.http import Client
from connectors.invoiced import records as invoiced_records
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.source import InvoicedSource
from connectors.live import LiveReading
from connectors.marks import Marks
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.order import WriteOrder
from connectors.pages import Pages
from connectors.poller import FeedPlace, Poller, Stream
from connectors.rounds import Rounds
from connectors.shadow import Shadow
from connectors.suspects import Suspects
from connectors.system import meaning_in
from schemas.codec import Codec
from schemas.profile_file import load_profile
from schemas.records import Change, RoundBegun, RoundPassed, Unreadable
from tests.flow.connector_rig import MemoryLog, MemorySchemas, System, client_of, publisher_of

PROFILE = load_profile()


class PollerRig:
    """One poller and scanner; `open` again after `close` is a restart with the same Kafka and an empty disk."""

    def __init__(self, folder: Path, system: System, name: str, log: MemoryLog | None = None) -> None:
        self.folder, self.system, self.name = folder, system, name
        self.log = log or MemoryLog()
        self.codec = Codec(MemorySchemas(), self.log.topics)
        self.clock = SystemClock()
        self._starts = 0
        self.asked: Asked | None = None
        self.judged: Asked | None = None

    async def open(self, epoch: int = 1) -> "PollerRig":
        self._starts += 1
        disk, topics, key = self.folder / str(self._starts), self.log.topics, f"{self.name}|customer"
        source, client = self._parts()
        binding = await self.log.binding([topics.name(f"{self.name}.customer")])
        publisher = publisher_of(self.log, self.codec)
        self.shadow = Shadow(disk / "shadow", binding, self.log, self.codec)
        self._follower = asyncio.create_task(self.shadow.mirror.follow())
        await self.shadow.mirror.at_head()
        cursors = Cursors(topics.name("cursors"), self.log, self.codec)
        await cursors.load()
        self.order = WriteOrder(self.clock, self.shadow.read_at)
        observer = Observer(source, client, self.shadow, publisher, self.order, self.clock)
        self.bookmark = Bookmark(cursors, publisher, key)
        pages = Pages(source, client)
        rounds = Rounds(self.name, epoch, publisher, self.log, binding, topics, self.clock)
        suspects = Suspects("customer", source, client, observer, self.bookmark, self.clock)
        live = LiveReading("customer", pages, observer, self.bookmark, self.clock)
        feed = FeedPlace(
            FeedReader(InvoicedFeed(), client, cursors.get("invoiced|events", FeedReading)),
            cursors, publisher, "invoiced|events",
        )  # fmt: skip
        self.poller = Poller(
            {"customer": Stream(live, suspects)}, rounds, observer, Reader(epoch), self.clock,
            feed if self.name == "invoiced" else None,
        )  # fmt: skip
        self.marks = Marks(disk / "marks")
        self.scanner = Scanner(
            "customer", self.name, pages, observer, rounds, suspects, self.shadow, self.marks,
            self.bookmark, self.clock, epoch, self._hold, 3600.0, lambda: self.asked, lambda: self.judged,
        )  # fmt: skip
        return self

    def _parts(self) -> tuple[Any, Client]:
        if self.name == "invoiced":
            source = InvoicedSource({"customer": frozenset({"metadata.fax"})})
            return source, client_of(self.system, invoiced_records.read_error)
        client = client_of(
            self.system,
            lambda answer: crm_records.read_error(PROFILE, answer),
            lambda status: meaning_in(PROFILE, status),
        )
        return CrmSource(PROFILE), client

    async def scan(self, pages: int = 1_000_000) -> None:
        """Scan to the end, or stop after some pages as a SIGTERM would."""
        self._stopping, self._pages = asyncio.Event(), pages
        await self.scanner.scan(self._stopping)

    async def _hold(self) -> None:
        self._pages -= 1
        if self._pages == 0:
            self._stopping.set()

    async def rounds(self, count: int) -> None:
        for _ in range(count):
            await self.poller.round()

    def changes(self) -> list[Change]:
        values = [raw.value for raw in self.log.read(f"{self.name}.customer") if raw.value is not None]
        return [change for value in values if isinstance(change := self.codec.decode(value), Change)]

    def tombstones(self) -> list[str]:
        return [raw.key for raw in self.log.read(f"{self.name}.customer") if raw.value is None]

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
        self.marks.close()
