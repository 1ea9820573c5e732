"""Makes a stopped process leave its consumer group at once, so that the group's offsets can be reset.

A static member does not leave when it stops: its broker waits for it until its session ends. Kafka's
`LeaveGroup` names a member by its id, whoever asks.
"""

import asyncio
import logging

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.group import LeaveGroupRequest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

_TIMEOUT_S = 10
_log = logging.getLogger(__name__)


async def leave_groups(bootstrap: str, name: str) -> int:
    """Remove every member whose static name is `name`; returns how many.

    Without an answer from Kafka none is removed: their sessions end by themselves.
    """
    try:
        members = await asyncio.to_thread(_members, bootstrap, name)
        if members:
            await _leave(bootstrap, members)
    except (KafkaException, KafkaError, TimeoutError) as error:
        _log.warning("%s stays in its consumer groups until its session ends: %r", name, error)
        return 0
    return len(members)


def _members(bootstrap: str, name: str) -> list[tuple[str, int, str]]:
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    listed = admin.list_consumer_groups(request_timeout=_TIMEOUT_S).result(_TIMEOUT_S)
    groups = [group.group_id for group in listed.valid]
    if not groups:
        return []
    found = admin.describe_consumer_groups(groups, request_timeout=_TIMEOUT_S)
    described = [future.result(_TIMEOUT_S) for future in found.values()]
    return [
        (group.group_id, group.coordinator.id, member.member_id)
        for group in described
        for member in group.members
        if member.group_instance_id == name
    ]


async def _leave(bootstrap: str, members: list[tuple[str, int, str]]) -> None:
    client = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        for group, coordinator, member in members:
            await client.ready(coordinator)
            await client.send(coordinator, LeaveGroupRequest(group, member))
    finally:
        await client.close()
