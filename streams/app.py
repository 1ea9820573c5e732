"""The Faust app: settings, transport, table and the two agents."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import faust

from streams.config import WorkerConfig
from streams.guard import stop
from streams.rows import WRITE_BUFFER
from streams.tables import Recovery, StateTable
from streams.topology import TABLE, Topology
from streams.transport import ChunkTransport, Starts

Take = Callable[[Any], Awaitable[None]]

#: A queue holds chunks, not records.
QUEUED_CHUNKS = 16
MAX_FETCH = 4 << 20


def build(config: WorkerConfig, graph: Topology, starts: Starts) -> Any:
    """An app with our transport. Its `version` stays 1 for ever: another one is another group (hazard T8)."""
    kafka = [f"kafka://{server}" for server in config.bootstrap.split(",")]
    app = faust.App(graph.group, broker=kafka, version=1, **_settings(config))
    app.transport = ChunkTransport(app.conf.broker_consumer, app, starts)
    return app


def add_table(app: Any, partitions: int, recovery: Recovery) -> Any:
    """The one table, with as many partitions as its log."""
    table = StateTable(
        app, name=TABLE, key_type=bytes, value_type=bytes, partitions=partitions, options=dict(ROCKS)
    )
    table.recovery = recovery
    return app.tables.add(table)


def add_agent(app: Any, name: str, topics: tuple[str, ...], take: Take) -> None:
    """An agent that hands each chunk to `take`, which acknowledges it when all that came of it is durable.

    Faust would acknowledge a chunk whose agent raised, and restart the agent behind it: so any error ends
    the process.
    """

    async def run(stream: Any) -> None:
        chunks: AsyncIterator[Any] = stream.noack().events()
        try:
            async for event in chunks:
                if event.message.generation_id == app.consumer_generation_id:
                    await take(event)
                else:
                    event.ack()  # fetched for an earlier assignment: the present one reads it again
        except Exception as error:  # noqa: BLE001  # see above
            stop(f"agent {name} failed", error=repr(error))

    app.agent(_raw(app, topics), name=name)(run)


def _raw(app: Any, topics: tuple[str, ...]) -> Any:
    return app.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


ROCKS = {"driver": "rocksdict", "block_cache_size": 64 << 20, "write_buffer_size": WRITE_BUFFER}


def _settings(config: WorkerConfig) -> dict[str, Any]:
    return {
        "store": "rocksdb://",
        "datadir": str(config.state_dir),
        "web_enabled": False,
        "autodiscover": False,
        "agent_supervisor": "mode.CrashingSupervisor",
        "processing_guarantee": "at_least_once",  # transactions are ours; Faust's own are another thing
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "table_standby_replicas": 0,
        "recovery_consistency_check": False,  # restore.py checks, wipes and restores
        "stream_recovery_delay": 0.0,
        "stream_buffer_maxsize": QUEUED_CHUNKS,
        "stream_wait_empty": True,
        "broker_commit_interval": config.commit_interval_s,
        "broker_commit_every": 10**9,
        "broker_session_timeout": config.session_timeout_s,
        "broker_heartbeat_interval": min(3.0, config.session_timeout_s / 3),
        "broker_rebalance_timeout": max(60.0, config.session_timeout_s),
        "broker_request_timeout": max(60.0, 2 * config.session_timeout_s),
        "broker_max_poll_records": config.max_poll_records,
        "broker_client_id": f"tandem-{config.worker_id}",
        "consumer_group_instance_id": config.worker_id,
        "consumer_max_fetch_size": MAX_FETCH,
        "consumer_auto_offset_reset": "earliest",
        "worker_redirect_stdouts": False,
    }
