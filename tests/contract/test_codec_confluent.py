"""Other teams read our topics with Confluent's own client, and we read what it writes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from schemas.catalogue import schema_text
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import Topics
from tests.fakes.examples import AT, CRM, EXAMPLES, INVOICED

pytestmark = pytest.mark.kafka


@pytest.fixture
def topics(topic_prefix: str) -> Topics:
    """Topics of this test alone."""
    return Topics(prefix=topic_prefix)


@pytest.fixture
def codec(registry: str, topics: Topics) -> Codec:
    """Our codec over the real registry."""
    return Codec(Registry(registry), topics)


def read(registry: str, topic: str, data: bytes) -> Any:
    client = SchemaRegistryClient({"url": registry, "timeout": 20})
    return AvroDeserializer(client)(data, SerializationContext(topic, MessageField.VALUE))


@pytest.mark.parametrize("topic", sorted(EXAMPLES))
def test_confluents_client_reads_every_topic(registry: str, topics: Topics, codec: Codec, topic: str) -> None:
    """Each example is read by Confluent's deserializer, found by its schema id alone."""
    row = read(registry, topics.name(topic), codec.encode(topic, EXAMPLES[topic]))

    assert row


def test_confluents_client_sees_money_and_time(registry: str, topics: Topics, codec: Codec) -> None:
    """Decimals and instants come typed, unmodelled properties as JSON text by name."""
    row = read(registry, topics.name("invoiced.customer"), codec.encode("invoiced.customer", INVOICED))

    assert row["after"]["credit_limit"] == Decimal("1250.5")
    assert row["after"]["updated_at"] == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert row["after"]["extra"] == {
        "metadata.fax": '"+47 22 00 00 00"',
        "metadata.score": "0.1",
        "payment_source.last4": '"4242"',
    }
    assert (row["op"], row["version"], row["before"]["phone"]) == ("u", AT, None)


def test_we_read_what_confluents_client_writes(registry: str, topics: Topics, codec: Codec) -> None:
    """A change written by Confluent's serializer, logical types and all, is the change we would write."""
    name = topics.name("crm.customer")
    ours = codec.encode("crm.customer", CRM)
    serializer = AvroSerializer(
        SchemaRegistryClient({"url": registry, "timeout": 20}),
        schema_text("tandem.crm.CustomerChange"),
        conf={"auto.register.schemas": True},
    )

    theirs = serializer(read(registry, name, ours), SerializationContext(name, MessageField.VALUE))

    assert codec.decode(theirs) == CRM
