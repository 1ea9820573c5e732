"""Every name of Faust and aiokafka that the chunk path leans on beyond their manuals: gone or changed, it says so.

Faust, aiokafka and mode are pinned together. When one of these fails after a bump, read ADR 0002 first.
"""

import inspect
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiokafka
import pytest
from aiokafka.structs import ConsumerRecord
from faust.stores import rocksdb
from faust.tables.base import Collection
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.app import add_table, build
from streams.chunks import Chunk, TopicPartition
from streams.config import WorkerConfig
from streams.tables import StateStore
from streams.topology import topology
from streams.transport import FETCH_MAX_WAIT_MS, ChunkConsumer, ChunkThread

PINS = {"faust-streaming": "0.15.3", "aiokafka": "0.14.0", "mode-streaming": "0.7.1"}


class NoRecovery:
    """A table's recovery that is never asked for."""

    async def revoke(self, partitions: set[int]) -> None: ...

    async def recover(self, partitions: Any) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture
def app(tmp_path: Path) -> Any:
    config = WorkerConfig("127.0.0.1:1", tmp_path, "w0")
    made = build(config, topology(config), lambda: {TopicPartition("tandem.sync.in", 0): 7})
    add_table(made, 1, NoRecovery())
    return made


@pytest.fixture
def consumer(app: Any) -> Any:
    """Our consumer, not started: no broker is asked."""
    return app.consumer


def record(offset: int) -> Any:
    return ConsumerRecord("tandem.sync.in", 0, offset, 1_000, 1, b"k", b"v", None, 1, 1, ())


@pytest.mark.parametrize(("package", "pin"), PINS.items())
def test_pins(package: str, pin: str) -> None:
    """The three are the versions whose source was read."""
    assert version(package) == pin


async def test_transport_is_ours(app: Any, consumer: Any) -> None:
    """`app.transport = …` is what the app makes its consumer from; group and changelog have the promised names."""
    assert isinstance(consumer, ChunkConsumer)
    assert isinstance(consumer._thread, ChunkThread)
    assert app.conf.id == "tandem.worker"
    assert app.tables.changelog_topics == {"tandem.worker-state-changelog"}


async def test_chunk_message(app: Any, consumer: Any) -> None:
    """`_to_message` makes one message of a list; its offset is the last one's, its value the chunk."""
    app.consumer_generation_id = 4
    message = consumer._to_message(TP("tandem.sync.in", 0), [record(5), record(9)])

    assert (message.offset, message.generation_id, message.key) == (9, 4, None)
    assert isinstance(message.value, Chunk)
    assert [each.offset for each in message.value.records] == [5, 9]
    assert message.value.next_offset == 10


async def test_commit_follows_the_ledger(consumer: Any) -> None:
    """`_filter_committable_offsets` asks `_new_offset`, and only for partitions that `ack` entered in `_acked`."""
    tp = TP("tandem.sync.in", 0)
    message = consumer._to_message(tp, [record(5)])
    consumer.app.topics._acking_topics.add(tp.topic)
    assert list(consumer._filter_tps_with_pending_acks()) == []
    message.incref()
    message.ack(consumer)
    assert list(consumer._filter_tps_with_pending_acks()) == [tp]
    assert consumer._filter_committable_offsets([tp]) == {}

    message.value.receipt.settle()
    assert consumer._filter_committable_offsets([tp]) == {tp: 6}
    assert consumer._acked[tp] == []
    assert consumer._acked_index[tp] == set()


async def test_gaps_and_pressure_do_nothing(consumer: Any) -> None:
    """`_add_gap` and `on_buffer_full` still exist where we silence them, with the same arguments."""
    tp = TP("tandem.sync.in", 0)
    consumer._active_partitions.add(tp)
    await consumer._add_gap(tp, 1, 5)
    consumer.on_buffer_full(tp)

    assert list(inspect.signature(Consumer._add_gap).parameters) == ["self", "tp", "offset_from", "offset_to"]
    assert list(inspect.signature(Consumer.on_buffer_full).parameters) == ["self", "tp"]
    assert tp in consumer._active_partitions
    assert not consumer._gap


class Assigned(ChunkConsumer):
    """Our consumer with an assignment, since there is no broker to give it one."""

    def assignment(self) -> set[Any]:
        return {TP("tandem.sync.in", 0)}


async def test_sources_resume_with_the_flow(app: Any) -> None:
    """`resume_partitions` waits for `resume_flow`: Faust clears every queue between the two (recovery race)."""
    app.transport.Consumer = Assigned
    consumer, tp = app.consumer, TP("tandem.sync.in", 0)
    consumer.pause_partitions({tp})
    consumer.resume_partitions({tp})
    assert tp not in consumer._get_active_partitions()

    consumer.resume_flow()
    assert tp in consumer._get_active_partitions()
    source = inspect.getsource(Recovery.on_recovery_completed)
    steps = [
        "consumer.resume_partitions(",
        "consumer.perform_seek()",
        "flow_control.resume()",
        "consumer.resume_flow()",
    ]
    places = [source.find(step) for step in steps]
    assert places == sorted(places)
    assert -1 not in places


async def test_faust_restores_nothing(app: Any, consumer: Any) -> None:
    """With an end of 0 Faust's recovery finds nothing to do; it asks `highwaters` and subtracts one."""
    tp = TP("tandem.worker-state-changelog", 0)
    recovery = app.tables.recovery
    await recovery._build_highwaters(consumer, {tp}, recovery.active_highwaters, "active")
    for offset in (-1, 99):  # a whole changelog, one that begins later
        recovery.active_offsets[tp] = offset
        assert not recovery.need_recovery()
    assert app.conf.recovery_consistency_check is False


async def test_fetch_settings(app: Any, consumer: Any) -> None:
    """Aiokafka takes both from these attributes when it starts; Faust passes others."""
    thread = consumer._thread
    made = thread._create_worker_consumer(app.transport)

    assert made._fetch_max_wait_ms == FETCH_MAX_WAIT_MS <= 100
    assert made._isolation_level == "read_committed"
    started = inspect.getsource(aiokafka.AIOKafkaConsumer.start)
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in started
    assert "isolation_level=self._isolation_level" in started
    assert "fetch_max_wait_ms=1500" in inspect.getsource(
        driver.AIOKafkaConsumerThread._create_worker_consumer
    )


async def test_store_hooks(app: Any) -> None:
    """The table makes our store through `_new_store`, and Faust calls it at these places with these arguments."""
    store = app.tables["state"].data

    assert isinstance(store, StateStore)
    assert store.persisted_offset(TP("any", 0)) is None
    assert store.partition_path(3).name == "state-3.db"
    assert store.rocksdb_options.as_options() is not None
    hooks = (rocksdb.Store.on_rebalance, rocksdb.Store.on_recovery_completed)
    assert [list(inspect.signature(hook).parameters) for hook in hooks] == [
        ["self", "assigned", "revoked", "newly_assigned", "generation_id"],
        ["self", "active_tps", "standby_tps"],
    ]
    assert "self._new_store()" in inspect.getsource(Collection.data.fget)


def test_places_that_are_overridden() -> None:
    """What our classes override is still there to be overridden, and seeks still ask `seek_to_committed`."""
    for name in (
        "_new_consumer_thread",
        "_to_message",
        "_new_offset",
        "seek_to_committed",
        "highwaters",
        "pause_partitions",
    ):
        assert callable(getattr(driver.Consumer, name)), name
    for name in ("_create_worker_consumer", "highwater", "on_partitions_assigned", "_ensure_consumer"):
        assert callable(getattr(driver.AIOKafkaConsumerThread, name)), name
    assert "self.seek_to_committed()" in inspect.getsource(Consumer.perform_seek)
    assert "scheduler.iterate(" in inspect.getsource(Consumer.getmany)
