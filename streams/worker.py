"""Runs one worker process: checks the cluster, starts Faust, tells how it is doing, ends with an exit code."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import uvloop
from faust import Worker as FaustWorker
from faust.exceptions import ConsumerNotStarted

from streams import cluster
from streams.agents.intake import Envelopes, Intake
from streams.agents.sync import Place, SyncHost
from streams.app import add_agent, add_table, build
from streams.config import WorkerConfig
from streams.fold import Hooks
from streams.levels import keep_told
from streams.rows import wall_clock
from streams.topology import Topology, topology
from streams.trim import keep_trimmed
from streams.watchdog import SAMPLE_S, Watchdog, marks

log = structlog.get_logger(__name__)

Task = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How a worker is doing. `recovered`: it has an assignment, and its partitions' state is complete."""

    assigned: tuple[str, ...] = ()
    recovered: bool = False
    next_offsets: Mapping[int, int] | None = None


class Probe:
    """Asked by the health server, from any thread, before, while and after the worker runs."""

    def __init__(self) -> None:
        self._ask: Callable[[], Progress] = Progress
        self._stalled: Callable[[], str | None] = lambda: None

    def watch(self, ask: Callable[[], Progress], stalled: Callable[[], str | None]) -> None:
        self._ask, self._stalled = ask, stalled

    def live(self) -> str | None:
        """Why the process should be restarted, as its watchdog sees it."""
        return self._stalled()

    def progress(self) -> Progress:
        return self._ask()

    def ready(self) -> bool:
        return self.progress().recovered


def run_worker(
    config: WorkerConfig,
    hooks: Hooks,
    envelopes: Envelopes,
    probe: Probe | None = None,
    tasks: Sequence[Task] = (),
) -> int:
    """Run until SIGTERM (0), a crash (1) or a failed ack (3, by `guard.stop`). `tasks` run beside the agents."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # until Faust's worker listens
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    graph = topology(config)
    place = _look_around(config, graph)
    log.info("process.started", worker=config.worker_id)
    host = SyncHost(place, hooks)
    config.state_dir.mkdir(parents=True, exist_ok=True)
    app = build(config, graph, host.starts)
    add_table(app, place.facts[graph.changelog].partitions, host)
    add_agent(app, "sync", (graph.log,), host.take)
    _add_intake(app, place, envelopes)
    watchdog = _add_watchdog(app, config)
    app.task(lambda: keep_trimmed(config.bootstrap, host.durable, now_ms))
    app.task(lambda: keep_told(app, host.folders))
    for task in tasks:
        app.task(task)
    if probe is not None:
        probe.watch(lambda: _progress(app, graph, host), watchdog.reason)
    return _execute(Process(app, host, config, loop))


def now_ms() -> int:
    return int(wall_clock() * 1000)


def _look_around(config: WorkerConfig, graph: Topology) -> Place:
    facts = cluster.describe(cluster.connect(config.bootstrap), graph.topics)
    cluster.check(facts, graph)
    return Place(config, graph, facts)


def _add_intake(app: Any, place: Place, envelopes: Envelopes) -> None:
    if place.graph.sources:
        ids = {name: facts.id for name, facts in place.facts.items()}
        intake = Intake(place.config, place.graph.log, ids, envelopes)
        add_agent(app, "intake", place.graph.sources, intake.take)


def _add_watchdog(app: Any, config: WorkerConfig) -> Watchdog:
    watchdog = Watchdog(config.stall_timeout_s, 2 * config.restore_timeout_s + config.stall_timeout_s)

    @app.task  # type: ignore[untyped-decorator]  # Faust ships no types
    async def started() -> None:
        watchdog.start()

    @app.timer(SAMPLE_S)  # type: ignore[untyped-decorator]  # Faust ships no types
    async def beat() -> None:
        watchdog.report(await marks(app, app.consumer.ledger))

    return watchdog


def _progress(app: Any, graph: Topology, host: SyncHost) -> Progress:
    try:
        tps = app.consumer.assignment() if app.started else set()
    except ConsumerNotStarted:  # its thread is on its way up
        tps = set()
    recovered = bool(tps) and not app.rebalancing and app.tables.actives_ready
    offsets = {tp.partition: at for tp, at in host.starts().items() if tp.topic == graph.log}
    return Progress(tuple(sorted(f"{tp.topic}/{tp.partition}" for tp in tps)), recovered, offsets)


class Process(FaustWorker):  # type: ignore[misc]  # Faust ships no types
    """Faust's worker without its command line, told to end by SIGTERM.

    A hard exit loses nothing: what is not durable is not acknowledged either. So a worker that holds no
    partition yet ends at once, since Faust may hang or crash when it is stopped half started, and one that
    does has a limited time to drain.
    """

    def __init__(
        self, app: Any, host: SyncHost, config: WorkerConfig, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            app,
            loop=loop,
            loglevel=config.log_level,
            override_logging=False,
            redirect_stdouts=False,
            quiet=True,
        )
        self.spinner = None
        self._host = host
        self._drain_s = config.drain_timeout_s

    def install_signal_handlers(self) -> None:
        super().install_signal_handlers()
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, self._end)

    def _end(self) -> None:
        log.info("process.stopping")
        if not self._host.starts():
            os._exit(0)
        late = threading.Timer(self._drain_s, os._exit, [0])
        late.daemon = True
        late.start()
        self._on_sigterm()


def _execute(process: Process) -> int:
    try:
        process.execute_from_commandline()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
