"""The table of topics on a real Kafka and a real registry."""

import time
from typing import Any

import pytest
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ClusterMetadata,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from schemas.apply import TopicError, apply_topics
from schemas.registry import Registry
from schemas.topics import Topics, spec

pytestmark = pytest.mark.kafka


@pytest.fixture
def admin(kafka: str) -> AdminClient:
    """An admin client of the session's Kafka."""
    return AdminClient({"bootstrap.servers": kafka})


class Behind(AdminClient):  # type: ignore[misc]  # its types are not followed
    """An admin client whose broker is behind: its first three listings are of a while ago."""

    def __init__(self, kafka: str, listed: ClusterMetadata) -> None:
        super().__init__({"bootstrap.servers": kafka})
        self.late = [listed] * 3

    def list_topics(self, *args: Any, **kwargs: Any) -> ClusterMetadata:
        return self.late.pop() if self.late else super().list_topics(*args, **kwargs)


def configs(admin: AdminClient, topic: str) -> dict[str, str]:
    resource = ConfigResource(ResourceType.TOPIC, topic)
    held = admin.describe_configs([resource])[resource].result(30)
    return {name: entry.value for name, entry in held.items()}


def shows(admin: AdminClient, topic: str, name: str, value: str) -> bool:
    """Ask until the broker shows a setting: what a controller took reaches its broker a moment later."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if configs(admin, topic)[name] == value:
            return True
    return False


def test_creates_every_topic_and_schema_once(admin: AdminClient, registry: str, topic_prefix: str) -> None:
    """The first run creates all, with their settings and schemas; the second changes nothing."""
    topics = Topics(prefix=topic_prefix, partitions=3)

    first = apply_topics(admin, Registry(registry), topics)
    second = apply_topics(admin, Registry(registry), topics)

    assert {each.done for each in first} == {"created"}
    assert {each.done for each in second} == {"unchanged"}
    assert [each.schema_id for each in first] == [each.schema_id for each in second]
    listed = admin.list_topics(timeout=30).topics
    for each in topics:
        name = topics.name(each.name)
        assert len(listed[name].partitions) == topics.partitions_of(each.name), name
        assert each.config().items() <= configs(admin, name).items(), name


def test_a_broker_that_is_behind_changes_nothing(kafka: str, admin: AdminClient, topic_prefix: str) -> None:
    """Created topics are waited for until they are listed; topics that stood already are never called created."""
    topics = Topics(prefix=topic_prefix)
    nothing = admin.list_topics(timeout=30)
    behind = Behind(kafka, nothing)

    first = apply_topics(behind, None, topics)
    second = apply_topics(Behind(kafka, nothing), None, topics)

    assert {each.done for each in first} == {"created"}
    assert behind.late == []
    assert {each.done for each in second} == {"unchanged"}


def test_sets_a_drifted_setting_back(admin: AdminClient, topic_prefix: str) -> None:
    """A setting somebody changed by hand is named and set back."""
    topics = Topics(prefix=topic_prefix)
    apply_topics(admin, None, topics)
    name = topics.name("links")
    drift = ConfigEntry("cleanup.policy", "delete", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[drift])
    admin.incremental_alter_configs([resource])[resource].result(30)
    assert shows(admin, name, "cleanup.policy", "delete")

    done = {each.topic: each for each in apply_topics(admin, None, topics)}

    assert (done[name].done, done[name].settings) == ("altered", ("cleanup.policy",))
    assert shows(admin, name, "cleanup.policy", spec("links").cleanup)


def test_refuses_another_partition_count(admin: AdminClient, topic_prefix: str) -> None:
    """A count that differs is refused with the place and the cure, before anything is created."""
    name = Topics(prefix=topic_prefix).name("links")
    admin.create_topics([NewTopic(name, 7, -1)])[name].result(30)

    with pytest.raises(TopicError, match=f"{name} has 7 partitions, the settings say 4.*TANDEM_TOPIC_PREFIX"):
        apply_topics(admin, None, Topics(prefix=topic_prefix))

    assert [topic for topic in admin.list_topics(timeout=30).topics if topic.startswith(topic_prefix)] == [
        name
    ]


def test_an_unreachable_kafka_is_named_with_its_setting() -> None:
    """No answer from Kafka names the setting to look at."""
    lonely = AdminClient({"bootstrap.servers": "127.0.0.1:1", "socket.timeout.ms": 500, "log_level": 0})

    with pytest.raises(TopicError, match="TANDEM_KAFKA__BOOTSTRAP"):
        apply_topics(lonely, None, Topics(), timeout_s=1.0)
