"""The agent `intake` on real Kafka: every change reaches its tenant's log, in its ref's order, with positions."""

from collections import defaultdict
from pathlib import Path

import pytest
from confluent_kafka import Message, Producer

from tests.chaos.worker_room import Room, room, stop

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

REFS, VERSIONS = 40, 25


def publish(here: Room, topic: str, versions: range) -> None:
    """Versions of some refs, keyed by ref, each round of them ending with a tombstone of the last ref."""
    producer = Producer({"bootstrap.servers": here.kafka, "partitioner": "murmur2_random"})
    for version in versions:
        for ref in range(REFS):
            producer.produce(
                topic, b"%03d:%03d" % (ref, version), b"ref:%d" % ref, headers=[("traceparent", b"00")]
            )
        producer.produce(topic, None, b"ref:%d" % (REFS - 1))
    producer.flush()


def entries(here: Room, partition: int) -> tuple[list[Message], list[bytes]]:
    """The changes and the positions in one tenant's log, in order."""
    log = [m for m in here.read(here.log) if m.partition() == partition]
    return [m for m in log if b"=" in m.value()[:40] and not m.value().startswith(b"position")], [
        m.value() for m in log if m.value().startswith(b"position")
    ]


def test_forwarded_in_order(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """Each version stands once in its tenant's partition, a ref's in order; tombstones do not; positions reach the ends."""
    topics = {f"{topic_prefix}crm.customer": "t", f"{topic_prefix}u.crm.customer": "u"}
    with room(kafka, topic_prefix, tmp_path, partitions=2, sources=topics, tenants={"t": 0, "u": 1}) as here:
        for topic in topics:
            publish(here, topic, range(VERSIONS))
        worker = here.spawn()
        here.read(here.out, 2 * REFS * VERSIONS)
        assert stop(worker) == 0

        for (topic, tenant), partition in zip(topics.items(), (0, 1), strict=True):
            changes, positions = entries(here, partition)
            by_ref = defaultdict(list)
            for message in changes:
                assert message.key() == tenant.encode()
                assert message.headers() == [("traceparent", b"00")]
                where, value = message.value().split(b"=")
                assert where.startswith(topic.encode() + b"/")
                by_ref[value[:3]].append(value[4:])
            assert len(by_ref) == REFS
            assert all(seen == [b"%03d" % v for v in range(VERSIONS)] for seen in by_ref.values())
            ends = {m.partition(): m.offset() + 1 for m in here.read(topic)}
            assert {f"position {topic}/{p}={end}".encode() for p, end in ends.items()} <= set(positions)
            assert b"position" in positions[-1]


def test_killed(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """After kill -9 nothing is missing from the log; what stands there twice is the same entry."""
    topic = f"{topic_prefix}crm.customer"
    with room(kafka, topic_prefix, tmp_path, sources={topic: "t"}) as here:
        for part in range(3):
            publish(here, topic, range(part * VERSIONS, (part + 1) * VERSIONS))
            worker = here.spawn()
            here.read(here.out, (3 * part + 1) * REFS * VERSIONS // 3)
            worker.kill()
            worker.wait()
        worker = here.spawn()
        forwarded = {m.value() for m in entries(here, 0)[0]}
        while len(forwarded) < 3 * REFS * VERSIONS:  # what was lost would never come: a deadline ends it
            count = len(here.read(here.log))
            forwarded = {m.value() for m in entries(here, 0)[0]}
            here.read(here.log, count + (len(forwarded) < 3 * REFS * VERSIONS))
        stop(worker)  # all may have been there before it was up: how it ends is another test's

        assert len(forwarded) == 3 * REFS * VERSIONS
