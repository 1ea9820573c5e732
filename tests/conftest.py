"""What every test may ask for: a real Kafka, a real registry, and topics nobody else uses."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

import sandbox.kafka
import sandbox.registry

# Tests that share one running installation stay together; the longest begin first, so that all processes end alike.
STACKS = {"tests/chaos/test_customer_": "chaos", "tests/chaos/test_stories.": "chaos"} | {
    f"tests/flow/test_{start}": "flow"
    for start in ("customer_", "person_", "contact_", "product_", "order_", "told.")
}
OWN_STACK = "tests/flow/test_customer_gate.py"
FIRST = ("chaos", "flow", "tests/contract/", "tests/chaos/", "tests/flow/")


def group_of(file: str) -> str:
    """Which tests of this suite one process has to run, by the file they stand in."""
    if file == OWN_STACK:
        return file
    return next((group for start, group in STACKS.items() if file.startswith(start)), file)


class ByInstallation(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Deals the suite to processes a group at a time: what shares an installation, else what stands in one file."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.split("::", maxsplit=1)[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByInstallation:
    return ByInstallation(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long groups first."""

    def rank(item: pytest.Item) -> int:
        group = group_of(item.nodeid.split("::")[0])
        return next((n for n, start in enumerate(FIRST) if group.startswith(start)), len(FIRST))

    items.sort(key=rank)


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
