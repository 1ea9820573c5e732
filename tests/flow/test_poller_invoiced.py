"""The Invoiced poller against the simulator: what it publishes, what it asks for, and what it never misses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.backfill import Scanner
from connectors.clock import SystemClock
from connectors.cursor import Bookmark, Cursors, FeedReading
from connectors.feed import FeedReader
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.records import read_error
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
from schemas.codec import Codec
from schemas.records import Change, RoundPassed
from tests.flow.connector_rig import MemoryLog, MemorySchemas, System, client_of, invoiced, publisher_of


class Rig:
    """One poller of Invoiced with everything it needs."""

    def __init__(self, folder: Path, log: MemoryLog, system: System, codec: Codec) -> None:
        self.folder = folder
        self.log = log
        self.system = system
        self.codec = codec
        self.clock = SystemClock()
        self.client = client_of(system, read_error)

    async def start(self) -> "Rig":
        topics = self.log.topics
        binding = await self.log.binding([topics.name("invoiced.customer")])
        publisher = publisher_of(self.log, self.codec)
        self.source = InvoicedSource({"customer": frozenset({"metadata.fax"})})
        self.shadow = Shadow(self.folder / "shadow", binding, self.log, self.codec)
        self.follower = asyncio.create_task(self.shadow.mirror.follow())
        await self.shadow.mirror.at_head()
        cursors = Cursors(topics.name("cursors"), self.log, self.codec)
        await cursors.load()
        order = WriteOrder(self.clock)
        observer = Observer(self.source, self.client, self.shadow, publisher, order, self.clock)
        self.bookmark = Bookmark(cursors, publisher, "invoiced|customer")
        pages = Pages(self.source, self.client)
        rounds = Rounds("invoiced", 1, publisher, self.log, binding, topics, self.clock)
        suspects = Suspects("customer", self.source, self.client, observer, self.bookmark, self.clock)
        live = LiveReading("customer", pages, observer, self.bookmark, self.clock)
        feed = FeedPlace(
            FeedReader(InvoicedFeed(), self.client, cursors.get("invoiced|events", FeedReading)),
            cursors, publisher, "invoiced|events",
        )  # fmt: skip
        self.poller = Poller(
            {"customer": Stream(live, suspects)}, rounds, observer, Reader(1), self.clock, feed
        )
        self.marks = Marks(self.folder / "marks")
        self.scanner = Scanner(
            "customer", "invoiced", pages, observer, rounds, suspects, self.shadow, self.marks,
            self.bookmark, self.clock, 1, _no_hold, 3600.0,
        )  # fmt: skip
        return self

    async def scan(self) -> None:
        await self.scanner.scan(asyncio.Event())

    def changes(self) -> list[Change]:
        values = [raw.value for raw in self.log.read("invoiced.customer")]
        return [
            change
            for value in values
            if value is not None and isinstance(change := self.codec.decode(value), Change)
        ]

    def passed(self) -> list[RoundPassed]:
        events = [
            self.codec.decode_event(raw.value or b"", 0, raw.offset, raw.key)
            for raw in self.log.read("sync.in")
        ]
        return [event.body for event in events if isinstance(event.body, RoundPassed)]

    async def stop(self) -> None:
        self.follower.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.follower
        self.shadow.mirror.close()
        self.marks.close()


async def _no_hold() -> None:
    return None


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    log = MemoryLog()
    made = await Rig(tmp_path, log, invoiced(), Codec(MemorySchemas(), log.topics)).start()
    yield made
    await made.stop()


async def add(system: System, name: str, **fields: object) -> int:
    answer = await system.user.post("/customers", json={"name": name, **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def test_backfill_and_quiet_rounds(rig: Rig) -> None:
    """A scan publishes each record once; ten rounds over unchanged records cost two requests each."""
    for number in range(120):
        await add(
            rig.system, f"Customer {number}", number=f"C{number}", metadata={"fax": "1"} if number % 2 else {}
        )
    await rig.scan()
    assert len(rig.changes()) == 120
    assert {change.op for change in rig.changes()} == {"r"}
    await rig.system.clock(10)
    await rig.poller.round()
    before = len(await rig.system.requests())
    for _ in range(10):
        await rig.poller.round()

    assert len(await rig.system.requests()) - before <= 30
    assert len(rig.changes()) == 120
    assert rig.passed()[-1].complete


async def test_an_edit_is_published_with_before_after_and_changed(rig: Rig) -> None:
    """An edit appears in the next round with both images and the names that differ, noise left out."""
    number = await add(rig.system, "Acme", number="A1", metadata={"fax": "1"})
    await rig.poller.round()
    await rig.system.user.patch(f"/customers/{number}", json={"name": "Acme AS", "metadata": {}})
    await rig.poller.round()

    first, second = rig.changes()
    assert (first.op, second.op) == ("c", "u")
    assert second.changed == ("metadata.fax", "name")
    assert (second.before or {})["name"] == "Acme"
    assert (second.after or {})["name"] == "Acme AS"
    assert (second.after or {})["metadata.fax"] is None
    assert second.version > first.version
