"""Everything read once more from the beginning, and local state lost: nothing is written because of it."""

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.stock import EDITED_NAMES
from tests.chaos.users import Users
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SEED = 30
GROUPS = ("tandem.worker", "tandem.sink.invoiced", "tandem.sink.crm")


@pytest.fixture(scope="module")
def history(stack: Installation) -> Ledger:
    """Some edits on both sides that have arrived: something to be repeated. Each test adds its own."""
    ledger = Ledger.opened(stack)
    users = Users(stack, ledger, SEED)
    users.work(40)
    users.finish()
    stack.settle()
    return ledger


def to_the_beginning(processes: Processes, group: str) -> int:
    """Sets every offset of a group to 0; gives how many partitions that moved back."""
    admin = processes.admin()
    listed = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(30)
    places = [one for one in listed.topic_partitions if one.offset > 0]
    again = [TopicPartition(one.topic, one.partition, 0) for one in places]
    admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, again)])[group].result(30)
    return len(again)


def check_alive(installation: Installation, ledger: Ledger) -> None:
    """An edit on either side still reaches the other, and nothing else has happened."""
    users, name = Users(installation, ledger, SEED), EDITED_NAMES[0]
    users.edit("invoiced", name, attention_to="Still alive")
    users.edit("crm", name, city="Still alive")
    installation.settle()

    assert ledger.wrong() == []


def test_replayed_from_the_beginning(
    installation: Installation, processes: Processes, history: Ledger
) -> None:
    """All groups begin anew at offset 0 of all topics, commands included: not one write."""
    since, names = installation.marks(), processes.tandems()
    processes.stop(*names)
    moved = {group: to_the_beginning(processes, group) for group in GROUPS}
    processes.start(*names)
    installation.settle(rounds=3, seconds=90)

    assert min(moved.values()) > 0, moved
    assert installation.writes(since) == []
    check_alive(installation, history)


def test_rows_lost(installation: Installation, processes: Processes, history: Ledger) -> None:
    """A worker without its RocksDB has its rows back from Kafka and writes nothing."""
    since = installation.marks()
    processes.stop("worker-0")
    processes.wipe("worker-0")
    processes.start("worker-0")
    installation.settle(rounds=3, seconds=90)

    assert installation.writes(since) == []
    check_alive(installation, history)


def test_shadow_and_memory_lost(installation: Installation, processes: Processes, history: Ledger) -> None:
    """Connectors without their shadow, marks and memory have them back from Kafka and write nothing."""
    since = installation.marks()
    names = [name for name in processes.tandems() if name.startswith("connector-")]
    processes.stop(*names)
    for name in names:
        processes.wipe(name)
    processes.start(*names)
    installation.settle(rounds=3, seconds=90)

    assert installation.writes(since) == []
    check_alive(installation, history)
