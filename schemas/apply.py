"""Makes the cluster and the registry what the table of topics says; running it again changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from schemas.catalogue import schema_text
from schemas.topic_table import TopicSpec
from schemas.topics import Topics

TIMEOUT_S = 30.0


class TopicError(RuntimeError):
    """A topic is not as the table says and cannot be made so: the message says what to do."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done to one topic: `settings` names those that drifted and were set back."""

    topic: str
    done: Literal["created", "altered", "unchanged"]
    settings: tuple[str, ...] = ()
    schema_id: int | None = None


class Pending(Protocol):
    """An answer of the cluster that is on its way."""

    def result(self, timeout: float) -> Any: ...


class Subjects(Protocol):
    """What applying needs of a registry."""

    def register(self, subject: str, schema: str) -> int: ...


def apply_topics(
    admin: AdminClient,
    registry: Subjects | None,
    topics: Topics,
    replication: int = -1,
    timeout_s: float = TIMEOUT_S,
) -> tuple[Applied, ...]:
    """Create what is missing, set back what drifted, register every schema. `replication` -1: the broker's default.

    Partition counts are checked first, so that a refusal leaves everything as it was.
    """
    present = _partitions(admin, timeout_s)
    _refuse_other_counts(present, topics)
    missing = [each for each in topics if topics.name(each.name) not in present]
    _create(admin, topics, missing, replication)
    drifted = _set_back(admin, topics, [each for each in topics if each not in missing])
    made = {each.name for each in missing}
    return tuple(
        _register(registry, topics, each, each.name in made, drifted.get(each.name, ())) for each in topics
    )


def _partitions(admin: AdminClient, timeout_s: float) -> dict[str, int]:
    try:
        listed = admin.list_topics(timeout=timeout_s).topics
    except KafkaException as error:
        raise TopicError(
            f"Kafka cannot be reached ({_text(error)}); is TANDEM_KAFKA__BOOTSTRAP right?"
        ) from error
    return {name: len(topic.partitions) for name, topic in listed.items()}


def _refuse_other_counts(present: Mapping[str, int], topics: Topics) -> None:
    wrong = [
        f"{name} has {present[name]} partitions, the settings say {due}"
        for name, due in ((topics.name(each.name), topics.partitions_of(each.name)) for each in topics)
        if name in present and present[name] != due
    ]
    if wrong:
        raise TopicError(
            "; ".join(wrong)
            + ". A key's partition follows from the count, so it never changes: set the partitions "
            "to what stands, or start under another TANDEM_TOPIC_PREFIX and let it fill from the systems",
        )


def _create(admin: AdminClient, topics: Topics, missing: list[TopicSpec], replication: int) -> None:
    new = [
        NewTopic(topics.name(each.name), topics.partitions_of(each.name), replication, config=each.config())
        for each in missing
    ]
    for name, future in (admin.create_topics(new, request_timeout=TIMEOUT_S) if new else {}).items():
        _await(future, f"topic {name} cannot be created", unless=KafkaError.TOPIC_ALREADY_EXISTS)


def _set_back(admin: AdminClient, topics: Topics, present: list[TopicSpec]) -> dict[str, tuple[str, ...]]:
    """The drifted settings of each topic, once they are set back."""
    resources = {each.name: ConfigResource(ResourceType.TOPIC, topics.name(each.name)) for each in present}
    if not resources:
        return {}
    shown = admin.describe_configs(list(resources.values()), request_timeout=TIMEOUT_S)
    drifted: dict[str, tuple[str, ...]] = {}
    for each in present:
        held = _await(shown[resources[each.name]], f"topic {topics.name(each.name)} cannot be described")
        names = tuple(name for name, due in each.config().items() if held[name].value != due)
        if names:
            drifted[each.name] = names
    _alter(admin, topics, {each: drifted[each.name] for each in present if each.name in drifted})
    return drifted


def _alter(admin: AdminClient, topics: Topics, drifted: Mapping[TopicSpec, tuple[str, ...]]) -> None:
    resources = [
        ConfigResource(
            ResourceType.TOPIC,
            topics.name(each.name),
            incremental_configs=[
                ConfigEntry(name, each.config()[name], incremental_operation=AlterConfigOpType.SET)
                for name in names
            ],
        )
        for each, names in drifted.items()
    ]
    answers = admin.incremental_alter_configs(resources, request_timeout=TIMEOUT_S) if resources else {}
    for resource, future in answers.items():
        _await(future, f"the settings of {resource.name} cannot be set")


def _register(
    registry: Subjects | None, topics: Topics, each: TopicSpec, made: bool, drifted: tuple[str, ...]
) -> Applied:
    schema_id = None
    if registry is not None and each.schema is not None:
        schema_id = registry.register(topics.subject(each.name), schema_text(each.schema))
    done: Literal["created", "altered", "unchanged"] = (
        "created" if made else "altered" if drifted else "unchanged"
    )
    return Applied(topics.name(each.name), done, drifted, schema_id)


def _await(future: Pending, what: str, unless: int | None = None) -> Any:
    try:
        return future.result(TIMEOUT_S)
    except KafkaException as error:
        if unless is not None and error.args[0].code() == unless:
            return None
        raise TopicError(f"{what}: {_text(error)}") from error


def _text(error: KafkaException) -> str:
    first = error.args[0]
    return first.str() if isinstance(first, KafkaError) else str(first)
