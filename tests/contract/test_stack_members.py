"""A stopped process's consumer group is empty at once, although a static member never says good-bye."""

import pytest
from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient, NewTopic

from sandbox.stack.members import leave_groups

pytestmark = pytest.mark.kafka


async def test_a_static_member_is_removed_by_its_name(kafka: str, topic_prefix: str) -> None:
    """Only the members of the named process leave; its standby, whose name begins alike, stays."""
    group, name = f"{topic_prefix}lease", f"{topic_prefix}connector-crm"
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([NewTopic(f"{topic_prefix}t", 2, 1)])[f"{topic_prefix}t"].result(10)
    for instance in (name, f"{name}-standby"):
        _join_and_vanish(kafka, f"{group}-{instance}", f"{topic_prefix}t", instance)

    assert await leave_groups(kafka, name) == 1
    assert _members(admin, f"{group}-{name}") == []
    assert _members(admin, f"{group}-{name}-standby") == [f"{name}-standby"]


def _join_and_vanish(kafka: str, group: str, topic: str, instance: str) -> None:
    settings = {"group.id": group, "group.instance.id": instance, "session.timeout.ms": 45_000}
    consumer = Consumer({"bootstrap.servers": kafka, **settings})
    joined: list[bool] = []
    consumer.subscribe([topic], on_assign=lambda *_: joined.append(True))
    for _ in range(100):
        if not joined:
            consumer.poll(0.2)
    consumer.close()

    assert joined


def _members(admin: AdminClient, group: str) -> list[str]:
    return [
        member.group_instance_id
        for member in admin.describe_consumer_groups([group])[group].result(10).members
    ]
