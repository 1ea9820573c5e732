"""The lease on a real Kafka: one holder, rising epochs, and a woken holder that knows it is late."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from connectors.clock import SystemClock
from connectors.errors import LeaseError
from connectors.lease import Lease
from connectors.log.kafka_cluster import KafkaCluster, arrived
from connectors.log.kafka_commands import KafkaCommands
from connectors.log.kafka_outlet import KafkaOutlet
from connectors.log.trim import Trimmer

pytestmark = pytest.mark.kafka
SESSION_S = 6.0
CHILD = """
import asyncio, sys, structlog
from connectors.errors import LeaseError
from connectors.lease import Lease

async def main():
    lease = Lease({"bootstrap.servers": sys.argv[1]}, sys.argv[2], sys.argv[3], 6.0, None)
    lease.start()
    print(await lease.wait(), flush=True)
    while True:
        await asyncio.to_thread(sys.stdin.readline)
        try:
            lease.check()
            print("held", flush=True)
        except LeaseError as error:
            print("late", flush=True)

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
asyncio.run(main())
"""


@pytest.fixture
def topic(kafka: str, topic_prefix: str) -> str:
    """A topic of one partition."""
    name = topic_prefix + "leases"
    admin = AdminClient({"bootstrap.servers": kafka})  # its futures end with it
    admin.create_topics([NewTopic(name, 1)])[name].result(30)
    return name


@pytest.fixture
async def candidate(kafka: str, topic: str) -> AsyncIterator[Callable[[], Lease]]:
    """Makes candidates for one lease and lets them go."""
    made: list[Lease] = []

    def begin() -> Lease:
        lease = Lease({"bootstrap.servers": kafka}, f"{topic}.group", topic, SESSION_S, None)
        lease.start()
        made.append(lease)
        return lease

    yield begin
    for lease in made:
        await lease.close()


async def test_one_holds_and_the_next_has_a_higher_epoch(candidate: Callable[[], Lease]) -> None:
    """A second candidate neither gets the lease nor moves it; it follows when the first leaves."""
    first = candidate()
    epoch = await first.wait()
    second = candidate()
    waiting = asyncio.create_task(second.wait())
    await asyncio.wait({waiting}, timeout=3.0)
    assert first.held
    assert not waiting.done()
    assert not first.lost.done()
    with pytest.raises(LeaseError):
        second.check()

    await first.close()

    assert await asyncio.wait_for(waiting, 30) > epoch
    second.check()
    with pytest.raises(LeaseError):
        first.check()


async def test_a_holder_that_was_stopped_knows_it_is_late(
    kafka: str, topic: str, candidate: Callable[[], Lease]
) -> None:
    """SIGSTOP, another takes over, SIGCONT: the first check of the woken process fails."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, kafka, f"{topic}.group", topic,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        epoch = int(await child.stdout.readline())
        child.send_signal(signal.SIGSTOP)
        child.stdin.write(b"\n")
        other = candidate()
        assert await asyncio.wait_for(other.wait(), 60) > epoch
        child.send_signal(signal.SIGCONT)

        assert (await child.stdout.readline()).strip() == b"late"
    finally:
        child.kill()
        await child.wait()


async def test_commands_are_trimmed_behind_the_commit(kafka: str, topic: str) -> None:
    """Old records the group has committed past are deleted; younger or uncommitted ones stay."""
    connection = {"bootstrap.servers": kafka}
    outlet, cluster = KafkaOutlet(connection, "test", 30), KafkaCluster(connection, "test")
    for number in range(5):
        await outlet.append(topic, "k", str(number).encode())
    commands = KafkaCommands(connection, f"{topic}.sink", [(topic, 0)])
    await commands.open()
    await commands.commit({(topic, 0): 3})
    trimmer = Trimmer(connection, f"{topic}.sink", [(topic, 0)], SystemClock())

    assert await trimmer.trim(int(time.time() * 1000) - 3_600_000) == {}
    assert await trimmer.trim(int(time.time() * 1000) + 3_600_000) == {(topic, 0): 3}

    tail = cluster.tail({(topic, 0): None})
    records = [*await tail.poll()]
    while len(records) < 2:
        records += await tail.poll()
    assert [raw.offset for raw in records] == [3, 4]
    await tail.close()
    await commands.close()
    await outlet.close()


async def test_a_command_is_taken_as_soon_as_it_is_there(kafka: str, topic: str) -> None:
    """One record ends the wait: what reads commands does not wait until its batch is full or its time is over."""
    connection = {"bootstrap.servers": kafka}
    outlet = KafkaOutlet(connection, "test", 30)
    consumer = Consumer({**connection, "group.id": topic, "auto.offset.reset": "earliest"})
    consumer.assign([TopicPartition(topic, 0, 0)])
    waiting = asyncio.create_task(asyncio.to_thread(arrived, consumer, 64, 60.0))
    await outlet.append(topic, "k", b"a command")

    messages = await asyncio.wait_for(asyncio.shield(waiting), 30)
    assert [message.value() for message in messages] == [b"a command"]
    await asyncio.to_thread(consumer.close)
    await outlet.close()
