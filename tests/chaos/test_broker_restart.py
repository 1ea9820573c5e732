"""What a connector asks of Kafka outlives a broker that is killed and comes back."""

import asyncio
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

import sandbox.kafka
from connectors.lease import Lease
from connectors.log.kafka_cluster import KafkaCluster
from sandbox.bound import spawn

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


async def test_ends_of_a_log_are_known_again(tmp_path: Path) -> None:
    """A client that has seen the broker before its death is told the ends of a log after it, as often as it asks."""
    broker, process = await asyncio.to_thread(sandbox.kafka.start, tmp_path)
    try:
        connection = {"bootstrap.servers": broker.bootstrap}
        admin = AdminClient(connection)  # its futures end with it
        admin.create_topics([NewTopic("log", 1)])["log"].result(30)
        cluster = KafkaCluster(connection, "test")
        assert await cluster.ends([("log", 0)]) == {("log", 0): 0}

        process.kill()
        process.wait()
        process = spawn(sandbox.kafka.command(broker), tmp_path / "again.log")

        for _ in range(3):
            assert await cluster.ends([("log", 0)]) == {("log", 0): 0}
    finally:
        process.kill()
        process.wait()


async def test_a_lease_that_was_never_asked_for_is_closed() -> None:
    """A connector that fails before it is a candidate ends with its own error, not with that of closing."""
    lease = Lease({"bootstrap.servers": "127.0.0.1:1"}, "group", "leases", 6.0, None)

    await lease.close()

    assert not lease.held
