"""The connector of one system: poller and sink worker in one loop, under one lease, with one request budget.

Until the lease is held it is a standby: it follows `control`, the shadow and `applied`, so that taking over means
going on. Whatever fails that must not fail (an ack, the lease, a follower) ends the process: a restart reads on.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import structlog
from stamina.instrumentation import set_on_retry_hooks

from connectors.acting import Acting
from connectors.clock import Clock, SystemClock
from connectors.config import ConnectorConfig
from connectors.errors import LeaseError
from connectors.following import Following
from connectors.lease import Lease
from connectors.log.kafka_cluster import KafkaCluster
from connectors.log.kafka_outlet import KafkaOutlet
from schemas import meters

log = structlog.get_logger(__name__)
LOST = 75
DRAIN_S = 20.0
Beside = Callable[["Connector"], AbstractAsyncContextManager[Any]]


class Connector:
    """One process's connector. `ready` and `live` say why not, or None; `progress` is for people and metrics."""

    def __init__(
        self,
        config: ConnectorConfig,
        clock: Clock | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.config = config
        self._transport = transport
        self._clock = clock or SystemClock()
        self._stopping = asyncio.Event()
        self._following: Following | None = None
        self._acting: Acting | None = None
        self._lease: Lease | None = None
        self._at_head = False

    def stop(self) -> None:
        """Finish what is under way, then end with 0."""
        log.info("process.stopping", system=self.config.system)
        self._stopping.set()

    def ready(self) -> str | None:
        """Say why this process is not doing its part yet; a standby that follows is ready."""
        if not self._at_head:
            return "reading control, the shadow and what was applied"
        if self._acting is not None and not self._acting.polled:
            return f"{self.config.system} has not been read yet: {self._acting.failing or 'the first round is under way'}"
        return None

    def live(self) -> str | None:
        """Say why this process should be restarted."""
        lease, acting = self._lease, self._acting
        if acting is None or lease is None:
            return None
        return acting.stalled() if lease.held else "the lease is lost"

    def progress(self) -> dict[str, Any]:
        """Return figures about the present state."""
        acting = self._acting
        return {"system": self.config.system, "role": "standby" if acting is None else "holder"} | (
            acting.progress() if acting is not None else {}
        )

    async def run(self) -> int:
        """Be a standby, then the holder, until told to stop; returns the exit code."""
        connection = self.config.kafka
        name = f"tandem-connector-{self.config.system}"
        meters.gauge("tandem_lease_held", 0, system=self.config.system)
        cluster = KafkaCluster(connection, name)
        outlet = KafkaOutlet(connection, name, self.config.session_timeout_s)
        following = self._following = await Following.open(self.config, cluster)
        self._lease = Lease(
            connection,
            self.config.group("lease"),
            self.config.topics.name("leases"),
            self.config.session_timeout_s,
            self.config.instance,
        )
        try:
            return await self._work(cluster, outlet, following, self._lease)
        finally:
            meters.gauge("tandem_lease_held", 0, system=self.config.system)
            await self._lease.close()
            await following.close()
            await outlet.close()

    async def _work(
        self, cluster: KafkaCluster, outlet: KafkaOutlet, following: Following, lease: Lease
    ) -> int:
        followers = following.start()
        stop = asyncio.create_task(self._wait_for_stop())
        act = asyncio.create_task(self._act(cluster, outlet, following, lease))
        lost = asyncio.ensure_future(lease.lost)
        tasks: set[asyncio.Future[Any]] = {act, lost, *followers}
        done, _ = await asyncio.wait({stop, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        if done == {stop} and self._acting is not None:
            done, _ = await asyncio.wait(tasks, timeout=DRAIN_S, return_when=asyncio.FIRST_COMPLETED)
        if lost in done:
            raise LeaseError(lost.result())
        for task in tasks - {lost}:
            if task in done:
                task.result()
            else:
                task.cancel()
        stop.cancel()
        await asyncio.gather(act, return_exceptions=True)
        return 0

    async def _act(
        self, cluster: KafkaCluster, outlet: KafkaOutlet, following: Following, lease: Lease
    ) -> None:
        await following.at_head()
        self._at_head = True
        log.info("process.ready", system=self.config.system, role="standby")
        lease.start()
        epoch = await lease.wait()
        meters.gauge("tandem_lease_held", 1, system=self.config.system)
        log.info("lease.taken", system=self.config.system, epoch=epoch)
        await following.at_head()
        self._acting = await Acting.open(
            self.config, cluster, outlet, following, lease, epoch, self._clock, self._transport
        )
        try:
            await self._acting.run(self._stopping)
        finally:
            await self._acting.close()

    async def _wait_for_stop(self) -> None:
        await self._stopping.wait()


@asynccontextmanager
async def _nothing(_: Connector) -> AsyncIterator[None]:
    yield


async def serve(config: ConnectorConfig, beside: Beside = _nothing) -> int:
    """Run a connector until SIGTERM or SIGINT; `beside` may serve its health in the same loop."""
    # Its own line for each retry would repeat the request, a looked-up value included.
    set_on_retry_hooks([])
    log.info("process.started", system=config.system, roles=sorted(config.roles))
    connector = Connector(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, connector.stop)
    async with beside(connector):
        try:
            return await connector.run()
        except LeaseError as error:
            # Nothing may leave this process any more, not even what the producer still holds.
            log.error("lease.lost", reason=str(error))  # noqa: TRY400  # the reason is the whole story
            os._exit(LOST)


def run_connector(config: ConnectorConfig, beside: Beside = _nothing) -> int:
    """Run a connector in a loop of its own; returns the process's exit code."""
    return asyncio.run(serve(config, beside))
