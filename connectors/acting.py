"""What only the holder of the lease does: poll, scan and write."""

import asyncio
from typing import Any

import httpx

from connectors.backoff import Limits
from connectors.clock import Clock
from connectors.config import ConnectorConfig
from connectors.cursor import Cursors
from connectors.following import Following
from connectors.hold import Holdback
from connectors.lease import Lease
from connectors.log.kafka_commands import KafkaCommands
from connectors.log.log import Cluster, Outlet
from connectors.log.trim import Trimmer
from connectors.order import WriteOrder
from connectors.parents import Parents
from connectors.poller import Poller
from connectors.polling import Around, Polling
from connectors.publisher import Publisher
from connectors.pulse import stalled
from connectors.rounds import Rounds
from connectors.sinker import Sinker
from connectors.surroundings import Surroundings
from connectors.system import parts_of
from connectors.versions import HeldVersions
from connectors.watch import Watch


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
        self._parents = Parents(following.shadow)
        self._parts = parts_of(config, clock, lease.check, transport, self._parents.of)
        self._publisher = Publisher(
            outlet, following.wire, config.topics, lease.check, config.tenant_partition
        )
        self._order = WriteOrder(clock, following.shadow.read_at)
        self._cursors = Cursors(config.topics.name("cursors"), cluster, following.wire)
        self._polling: Polling | None = None
        self._sinker: Sinker | None = None
        self._commands: KafkaCommands | None = None
        self._trimmer: Trimmer | None = None

    @classmethod
    async def open(cls, *arguments: Any) -> "Acting":
        """Read the cursors and build poller and sink."""
        self = cls(*arguments)
        await self._cursors.load()
        if "sink" in self._config.roles:
            await self._open_sink()
        if "poller" in self._config.roles:
            self._open_polling()
        return self

    async def run(self, stopping: asyncio.Event) -> None:
        """Act until told to stop; the first failure ends everything."""
        jobs = [] if self._polling is None else self._polling.jobs(stopping)
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
        if self._polling is not None:
            self._polling.close()

    @property
    def polled(self) -> bool:
        """Tell whether a round has passed since the lease was taken."""
        return all(poller.last_round_at is not None for poller in self._pollers[:1])

    @property
    def failing(self) -> str:
        """Say what cannot be read."""
        return "; ".join(f"{k}: {v}" for k, v in self._all_failing().items())

    def stalled(self) -> str | None:
        """Say since when reading stands still, if that is too long."""
        if self._polling is None:
            return None
        client = self._parts.client
        signs = (self._polling.live.begun_at, client.live_read_at, client.silent_until)
        return stalled(self._clock.monotonic(), signs, self._config.poll_interval_s)

    @property
    def _pollers(self) -> list[Poller]:
        return self._polling.pollers if self._polling is not None else []

    def _all_failing(self) -> dict[str, str]:
        return {what: why for poller in self._pollers for what, why in poller.failing.items()}

    def progress(self) -> dict[str, Any]:
        """Return figures about the present state."""
        bookmarks = self._polling.bookmarks if self._polling is not None else {}
        readings = {entity: bookmark.reading for entity, bookmark in bookmarks.items()}
        live = self._polling.live if self._polling is not None else None
        return {
            "epoch": self._epoch,
            "rounds": live.number if live else 0,
            "last_round_at": live.last_round_at if live else None,
            "failing": self._all_failing(),
            "backfill": {
                entity: "done" if reading.complete else "running" for entity, reading in readings.items()
            },
            "suspected": sum(len(reading.suspicions) for reading in readings.values()),
            "commands": self._sinker.under_way if self._sinker else 0,
        }

    async def _open_sink(self) -> None:
        config, following = self._config, self._following
        watch = Watch()
        held = HeldVersions(following.shadow, self._parts.sink, watch)
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
            replacer=self._parts.replacer,
            behind=lambda command, look: held.behind(command, look, self._order),
        )
        topic = config.topics.name(f"commands.{config.system}")
        places = (await self._cluster.binding([topic])).places()
        self._commands = KafkaCommands(config.kafka, config.group("sink"), places)
        await self._commands.open()
        self._trimmer = Trimmer(config.kafka, config.group("sink"), places, self._clock)
        self._sinker = Sinker(
            around, self._commands, following.memory, self._publisher, following.wire, watch,
            takeover_s=config.client_timeout_s,
        )  # fmt: skip
        now = self._clock.now_ms()
        for memory in following.memory.all():  # read once: there is one of every link
            if self._parts.feed is not None:
                self._sinker.watch.recall([memory], now)
            self._order.recall([memory], now)
            following.memory.mark(memory)

    def _open_polling(self) -> None:
        config, parts, following = self._config, self._parts, self._following
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
        around = Around(
            source=parts.source,
            client=parts.client,
            feed=parts.feed,
            shadow=following.shadow,
            publisher=self._publisher,
            order=self._order,
            parents=self._parents,
            rounds=rounds,
            cursors=self._cursors,
            wishes=following.control,
            clock=self._clock,
            epoch=self._epoch,
            hold=hold.wait,
            folder=config.state_dir / "marks",
            intervals=config.intervals(),
            replacing=self._replacing,
            on_events=self._sinker.on_events if self._sinker is not None else None,
            events_since=self._sinker.watch.earliest if self._sinker is not None else None,
        )
        self._polling = Polling(around)

    def _replacing(self, ref: str) -> bool:
        """Tell whether we are making a record anew; one that is missed without a command is brought back."""
        memory = self._following.memory
        if self._sinker is None:  # the sink is another process: what it notes is read when it matters
            for one in memory.all():
                memory.mark(one)
        link_id = memory.noting(ref)
        if link_id is not None and self._sinker is not None:
            self._sinker.mend(link_id, ref)
        return link_id is not None

    def _since(self, entity: str) -> int:
        bookmark = self._polling.bookmarks.get(entity) if self._polling is not None else None
        return (bookmark.reading.since if bookmark is not None else None) or 0
