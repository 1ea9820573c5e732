"""A compacted topic is read back by its last records, on a real Kafka: what a transaction took back is not among them."""

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from streams.latest import latest

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]

Written = list[tuple[str, str | None]]


@pytest.fixture
def topic(kafka: str, topic_prefix: str) -> str:
    """A topic of two partitions, the second of which stays empty."""
    name, admin = f"{topic_prefix}links", AdminClient({"bootstrap.servers": kafka})
    for future in admin.create_topics([NewTopic(name, 2, 1)]).values():
        future.result(30)
    return name


def write(kafka: str, topic: str, records: Written, *, keep: bool) -> None:
    """One transaction, kept or taken back: the log ends in a marker, which is no record."""
    producer = Producer({"bootstrap.servers": kafka, "transactional.id": f"{topic}-{keep}"})
    producer.init_transactions(30)
    producer.begin_transaction()
    for key, value in records:
        producer.produce(topic, value, key, partition=0)
    producer.flush(30)
    producer.commit_transaction(30) if keep else producer.abort_transaction(30)


def read(kafka: str, topic: str, *, below_tombstones: bool) -> Written:
    found = latest(kafka, topic, below_tombstones=below_tombstones)
    return [((one.key or b"").decode(), None if one.value is None else one.value.decode()) for one in found]


def test_last_values(kafka: str, topic: str) -> None:
    """Once a key, in the order of the log; a key that ends in a tombstone is gone, or shown as it was below it."""
    write(kafka, topic, [("a", "1"), ("b", "1"), ("c", "1"), ("a", "2"), ("b", None)], keep=True)
    write(kafka, topic, [("c", "taken back"), ("d", "taken back")], keep=False)

    assert read(kafka, topic, below_tombstones=False) == [("c", "1"), ("a", "2")]
    assert read(kafka, topic, below_tombstones=True) == [("b", "1"), ("c", "1"), ("a", "2")]


def test_a_topic_that_is_not_there(kafka: str, topic_prefix: str) -> None:
    """It holds nothing, which is no error: the state may be lost with it."""
    assert read(kafka, f"{topic_prefix}nowhere", below_tombstones=False) == []
