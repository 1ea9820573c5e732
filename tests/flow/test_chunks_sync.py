"""The agent `sync` on real Kafka: each entry of the log once, whatever stands in the log and whoever reads it."""

from pathlib import Path

import psutil
import pytest
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.chaos.worker_room import numbers, room, sent, stop

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


def test_holes_and_aborted_records(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """Of transactional input only committed records are folded, and the commit reaches the end over all markers."""
    with room(kafka, topic_prefix, tmp_path) as here:
        writer = Producer({"bootstrap.servers": kafka, "transactional.id": topic_prefix})
        writer.init_transactions()
        for number in range(60):
            writer.begin_transaction()
            writer.produce(here.log, b"%08d" % number, b"t", partition=0)
            writer.flush()
            writer.abort_transaction() if number % 3 == 0 else writer.commit_transaction()
        here.feed([b"00000060"])
        worker = here.spawn()
        outputs = here.read(here.out, 41)

        assert stop(worker) == 0
        assert {m.key() for m in outputs} == {b"t|n|%08d" % n for n in range(61) if n % 3 or n == 60}
        assert here.committed() == 121


def test_poison_and_own_log(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A record that raises is parked and the log goes on; what the fold appends to its own log is folded once."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed([b"00000001", b"poison", b"again00000001", b"00000001"])
        worker = here.spawn()
        outputs = here.read(here.out, 3)

        assert stop(worker) == 0
        assert sorted(sent(outputs)) == [b"0", b"3", b"4"]
        rows = here.rows()
        assert rows[b"t|parked|1"] == b"as told"
        assert rows[b"t|n|00000001"].startswith(b"0000000003@")
        assert not any(b"|x:" in key for key in rows)


def test_offsets_reset(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """With the group's offsets set back to 0 nothing is folded again: the checkpoint decides."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(500, 50))
        worker = here.spawn()
        here.read(here.out, 500)
        assert stop(worker) == 0
        set_offset(kafka, here.group, TopicPartition(here.log, 0, 0))
        here.feed([b"00000099"])
        worker = here.spawn()
        outputs = here.read(here.out, 501)

        assert stop(worker) == 0
        assert set(sent(outputs).values()) == {1}
        assert here.committed() == 501


def test_offsets_set_forward(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """With the group's offsets set past entries that are not folded none of them is skipped."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(500, 50))
        worker = here.spawn()
        here.read(here.out, 500)
        assert stop(worker) == 0
        here.feed(numbers(100, 50))
        set_offset(kafka, here.group, TopicPartition(here.log, 0, 600))
        worker = here.spawn()
        outputs = here.read(here.out, 600)

        assert stop(worker) == 0
        assert set(sent(outputs).values()) == {1}


def test_nothing_listens(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """The worker opens no port of its own, and SIGTERM drains it: exit 0."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(10, 10))
        worker = here.spawn()
        here.read(here.out, 10)
        listening = [
            c for c in psutil.Process(worker.pid).net_connections() if c.status == psutil.CONN_LISTEN
        ]

        assert listening == []
        assert stop(worker) == 0


def test_two_workers(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A worker that joins and leaves under load: each entry of every partition is still sent on exactly once."""
    tenants = {f"t{number}": number for number in range(4)}
    with room(kafka, topic_prefix, tmp_path, partitions=4, tenants=tenants) as here:
        first = here.spawn("w0")
        here.hear("w0", "partition=3")
        for tenant in tenants:
            here.feed(numbers(5_000, 500), tenant=tenant)
        second = here.spawn("w1")
        here.hear("w1", "state.restored")
        for tenant in tenants:
            here.feed(numbers(5_000, 500), tenant=tenant)
        here.read(here.out, 30_000)
        assert stop(second) == 0
        for tenant in tenants:
            here.feed(numbers(5_000, 500), tenant=tenant)
        here.read(here.out, 60_000)

        assert stop(first) == 0
        rows = here.rows()
        assert {rows[f"{t}|n|{n:08d}".encode()][:10] for t in tenants for n in range(500)} == {b"%010d" % 30}
        assert len(here.read(here.out)) == 60_000


def set_offset(kafka: str, group: str, to: TopicPartition) -> None:
    """Once the group is empty: a static member's place is kept for its session."""
    admin = AdminClient({"bootstrap.servers": kafka})
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": group})
    while consumer.committed([to], timeout=10)[0].offset != to.offset:
        try:
            done = admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [to])])
            done[group].result()
        except KafkaException:
            consumer.poll(0.2)
    consumer.close()
