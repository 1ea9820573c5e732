"""What every test may ask for: a real Kafka, a real registry, and topics nobody else uses."""

import uuid
from collections.abc import Iterator

import pytest

import sandbox.kafka
import sandbox.registry


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address of this session's Kafka, started when first asked for."""
    broker, process = sandbox.kafka.start(tmp_path_factory.mktemp("kafka"))
    yield broker.bootstrap
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory, kafka: str) -> Iterator[str]:
    """The URL of this session's registry (Confluent's API), kept in the session's Kafka."""
    found, process = sandbox.registry.start(tmp_path_factory.mktemp("registry"), kafka)
    yield found.url
    process.kill()
    process.wait()


@pytest.fixture
def topic_prefix() -> str:
    """A prefix for topics, groups and subjects that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}."
