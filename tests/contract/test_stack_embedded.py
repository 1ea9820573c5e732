"""The embedded Kafka and registry are the real things, as far as Tandem leans on them."""

import json

import httpx
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic

pytestmark = pytest.mark.kafka


def test_a_zstd_record_comes_back_as_it_was_sent(kafka: str, topic_prefix: str) -> None:
    """A zstd-compressed, murmur2-keyed record is read back byte for byte by a group of its own."""
    topic = f"{topic_prefix}round-trip"
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([NewTopic(topic, 4, 1)])[topic].result(10)
    producer = Producer(
        {"bootstrap.servers": kafka, "compression.type": "zstd", "partitioner": "murmur2_random"}
    )
    producer.produce(topic, key="invoiced:customer:1", value=b"x" * 50_000, headers={"tandem-event-id": b"1"})

    assert producer.flush(10) == 0

    consumer = Consumer(
        {"bootstrap.servers": kafka, "group.id": f"{topic_prefix}g", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    record = consumer.poll(20)
    consumer.close()

    assert record is not None
    assert record.error() is None
    assert (record.key(), record.value()) == (b"invoiced:customer:1", b"x" * 50_000)


def test_a_topic_nobody_created_is_refused(kafka: str, topic_prefix: str) -> None:
    """Topics are made by `topics apply` only: producing to an unknown one fails instead of making it."""
    failed: list[str] = []
    producer = Producer({"bootstrap.servers": kafka, "message.timeout.ms": 1_500, "log_level": 0})
    producer.produce(f"{topic_prefix}unknown", b"x", on_delivery=lambda error, _: failed.append(error.name()))
    producer.flush(10)

    assert failed in (["_UNKNOWN_TOPIC"], ["_MSG_TIMED_OUT"])


def test_the_registry_keeps_a_schema_and_refuses_a_breaking_one(registry: str, topic_prefix: str) -> None:
    """A subject under FULL_TRANSITIVE gives an id back and answers 409 to an incompatible version."""
    subject = f"{registry}/subjects/{topic_prefix}x-value/versions"
    config = {"compatibility": "FULL_TRANSITIVE"}
    httpx.put(f"{registry}/config/{topic_prefix}x-value", json=config).raise_for_status()
    first = httpx.post(subject, json={"schema": _record("string")})
    breaking = httpx.post(subject, json={"schema": _record("long")})

    assert isinstance(first.raise_for_status().json()["id"], int)
    assert breaking.status_code == 409


def _record(kind: str) -> str:
    return json.dumps({"type": "record", "name": "A", "fields": [{"name": "a", "type": kind}]})
