"""What only the holder of the lease does: poll, scan and write."""

import asyncio
from functools import partial
from typing import Any

import httpx

from connectors.backfill import Scanner
from connectors.backoff import Limits
from connectors.clock import Clock
from connectors.config import ConnectorConfig
from connectors.cursor import Bookmark, Cursors, FeedReading
from connectors.feed import FeedReader
from connectors.following import Following
from connectors.hold import Holdback
from connectors.lease import Lease
from connectors.live import LiveReading
from connectors.log.kafka_commands import KafkaCommands
from connectors.log.log import Cluster, Outlet
from connectors.log.trim import Trimmer
from connectors.marks import Marks
from connectors.observation import Reader
from connectors.observer import Observer
from connectors.order import WriteOrder
from connectors.pages import Pages
from connectors.poller import FeedPlace, Poller, Stream
from connectors.publisher import Publisher
from connectors.pulse import stalled
from connectors.rounds import Rounds
from connectors.sinker import Sinker
from connectors.steps import Surroundings
from connectors.suspects import Suspects
from connectors.system import parts_of
from connectors.versions import HeldVersions


class Acting:
    """The holder's parts, made anew with each lease."""

    def __init__(
        self,
        config: ConnectorConfig,
        cluster: Cluster,
        outlet: Outlet,
        following: Following,
        lease: Lease,
        epoch: int,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._config = config
        self._cluster = cluster
        self._following = following
        self._epoch = epoch
        self._clock = clock
        self._parts = parts_of(config, clock, lease.check, transport)
        self._publisher = Publisher(
            outlet, following.wire, config.topics, lease.check, config.tenant_partition
        )
        self._order = WriteOrder(clock, following.shadow.read_at)
        self._cursors = Cursors(config.topics.name("cursors"), cluster, following.wire)
        self._marks: list[Marks] = []
        self._scanners: list[Scanner] = []
        self._bookmarks: dict[str, Bookmark] = {}
        self._poller: Poller | None = None
        self._sinker: Sinker | None = None
        self._commands: KafkaCommands | None = None
        self._trimmer: Trimmer | None = None

    @classmethod
    async def open(cls, *arguments: Any) -> "Acting":
        """Read the cursors and build poller and sink."""
        self = cls(*arguments)
        await self._cursors.load()
        for entity in self._parts.source.entities():
            key = f"{self._config.system}|{entity}"
            self._bookmarks[entity] = Bookmark(self._cursors, self._publisher, key)
        if "sink" in self._config.roles:
            await self._open_sink()
        if "poller" in self._config.roles:
            self._open_poller()
        return self

    async def run(self, stopping: asyncio.Event) -> None:
        """Act until told to stop; the first failure ends everything."""
        jobs = [scanner.run(stopping) for scanner in self._scanners]
        if self._poller is not None:
            jobs.append(self._poller.run(self._config.poll_interval_s, stopping))
        if self._sinker is not None:
            jobs.append(self._sinker.run(stopping))
        if self._trimmer is not None:
            jobs.append(self._trimmer.run(stopping))
        await asyncio.gather(*jobs)

    async def close(self) -> None:
        """Close connections and files."""
        await self._parts.client.close()
        if self._commands is not None:
            await self._commands.close()
        for marks in self._marks:
            marks.close()

    @property
    def polled(self) -> bool:
        """Tell whether a round has passed since the lease was taken."""
        return self._poller is None or self._poller.last_round_at is not None

    @property
    def failing(self) -> str:
        """Say what cannot be read."""
        return "; ".join(f"{k}: {v}" for k, v in (self._poller.failing if self._poller else {}).items())

    def stalled(self) -> str | None:
        """Say since when reading stands still, if that is too long."""
        if self._poller is None:
            return None
        client = self._parts.client
        signs = (self._poller.begun_at, client.live_read_at, client.silent_until)
        return stalled(self._clock.monotonic(), signs, self._config.poll_interval_s)

    def progress(self) -> dict[str, Any]:
        """Return figures about the present state."""
        readings = {entity: bookmark.reading for entity, bookmark in self._bookmarks.items()}
        return {
            "epoch": self._epoch,
            "rounds": self._poller.number if self._poller else 0,
            "last_round_at": self._poller.last_round_at if self._poller else None,
            "failing": dict(self._poller.failing) if self._poller else {},
            "backfill": {
                entity: "done" if reading.complete else "running" for entity, reading in readings.items()
            },
            "suspected": sum(len(reading.suspicions) for reading in readings.values()),
            "commands": self._sinker.under_way if self._sinker else 0,
        }

    async def _open_sink(self) -> None:
        config, following = self._config, self._following
        held = HeldVersions(following.shadow, self._parts.sink)
        around = Surroundings(
            sink=self._parts.sink,
            client=self._parts.client,
            order=self._order,
            clock=self._clock,
            note=lambda command, trying: following.memory.note(self._publisher, command.link_id, trying),
            held=held.newest,
            since=self._since,
            open_for=following.control.open_for,
            epoch=self._epoch,
            client_timeout_s=config.client_timeout_s,
            limits=Limits(seconds=config.retry_s),
            feed=self._parts.feed,
        )
        topic = config.topics.name(f"commands.{config.system}")
        places = (await self._cluster.binding([topic])).places()
        self._commands = KafkaCommands(config.kafka, config.group("sink"), places)
        await self._commands.open()
        self._trimmer = Trimmer(config.kafka, config.group("sink"), places, self._clock)
        self._sinker = Sinker(
            around, self._commands, following.memory, self._publisher, following.wire,
            takeover_s=config.client_timeout_s,
        )  # fmt: skip
        now = self._clock.now_ms()
        for memory in following.memory.all():  # read once: there is one of every link
            if self._parts.feed is not None:
                self._sinker.watch.recall([memory], now)
            self._order.recall([memory], now)

    def _open_poller(self) -> None:
        config, parts, following = self._config, self._parts, self._following
        observer = Observer(
            parts.source, parts.client, following.shadow, self._publisher, self._order, self._clock
        )
        pages = Pages(parts.source, parts.client)
        rounds = Rounds(
            config.system,
            self._epoch,
            self._publisher,
            self._cluster,
            following.changes,
            config.topics,
            self._clock,
        )
        log_place = (config.topics.name("sync.in"), config.tenant_partition)
        hold = Holdback(following.control, self._cluster, self._clock, following.changes.places(), log_place)
        streams: dict[str, Stream] = {}
        for entity, bookmark in self._bookmarks.items():
            suspects = Suspects(entity, parts.source, parts.client, observer, bookmark, self._clock)
            streams[entity] = Stream(LiveReading(entity, pages, observer, bookmark, self._clock), suspects)
            marks = Marks(config.state_dir / "marks" / entity)
            scanner = Scanner(
                entity, config.system, pages, observer, rounds, suspects, following.shadow, marks, bookmark,
                self._clock, self._epoch, hold.wait, config.scan_interval_s,
                partial(following.control.asked, config.system, entity),
                partial(following.control.judged, config.system, entity),
            )  # fmt: skip
            self._marks.append(marks)
            self._scanners.append(scanner)
        self._poller = Poller(
            streams, rounds, observer, Reader(self._epoch), self._clock, self._feed_place(),
            self._sinker.on_events if self._sinker is not None else None,
        )  # fmt: skip

    def _feed_place(self) -> FeedPlace | None:
        if self._parts.feed is None:
            return None
        key = f"{self._config.system}|events"
        reader = FeedReader(self._parts.feed, self._parts.client, self._cursors.get(key, FeedReading))
        return FeedPlace(reader, self._cursors, self._publisher, key)

    def _since(self, entity: str) -> int:
        bookmark = self._bookmarks.get(entity)
        return (bookmark.reading.since if bookmark is not None else None) or 0
