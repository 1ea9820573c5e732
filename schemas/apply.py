"""Makes the cluster and the registry what the table of topics says; running it again changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import stamina
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


class _UnlistedError(TopicError):
    """Topics that stand, and that the broker we ask has not heard of yet."""


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

    Partition counts are checked first, so that a refusal leaves everything as it was. It returns once the cluster
    lists every topic.
    """
    present = _partitions(admin, timeout_s)
    _refuse_other_counts(present, topics)
    missing = [each for each in topics if topics.name(each.name) not in present]
    made = _create(admin, topics, missing, replication)
    if missing:
        _refuse_other_counts(_once_listed(admin, topics, timeout_s), topics)
    drifted = _set_back(admin, topics, [each for each in topics if topics.name(each.name) not in made])
    return tuple(
        _register(registry, topics, each, topics.name(each.name) in made, drifted.get(each.name, ()))
        for each in topics
    )


def _partitions(admin: AdminClient, timeout_s: float) -> dict[str, int]:
    try:
        listed = admin.list_topics(timeout=timeout_s).topics
    except KafkaException as error:
        raise TopicError(
            f"Kafka cannot be reached ({_text(error)}); is TANDEM_KAFKA__BOOTSTRAP right?"
        ) from error
    return {name: len(topic.partitions) for name, topic in listed.items()}


def _once_listed(admin: AdminClient, topics: Topics, timeout_s: float) -> dict[str, int]:
    """Partition counts with every topic among them: a broker hears of a new topic a moment after its controller."""
    for attempt in stamina.retry_context(
        on=_UnlistedError, attempts=None, timeout=timeout_s, wait_initial=0.05, wait_jitter=0.05, wait_max=1.0
    ):
        with attempt:
            present = _partitions(admin, timeout_s)
            unlisted = sorted({topics.name(each.name) for each in topics} - present.keys())
            if not unlisted:
                return present
            raise _UnlistedError(
                f"{', '.join(unlisted)}: created, and not listed after {timeout_s:.0f} s; "
                "are all brokers well? Then apply again"
            )
    raise AssertionError("unreachable: the last attempt raises")


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


def _create(admin: AdminClient, topics: Topics, missing: list[TopicSpec], replication: int) -> frozenset[str]:
    """The topics that were made by this call: one that stood already was only not listed yet."""
    new = [
        NewTopic(topics.name(each.name), topics.partitions_of(each.name), replication, config=each.config())
        for each in missing
    ]
    made: set[str] = set()
    for name, future in (admin.create_topics(new, request_timeout=TIMEOUT_S) if new else {}).items():
        try:
            future.result(TIMEOUT_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise TopicError(f"topic {name} cannot be created: {_text(error)}") from error
        else:
            made.add(name)
    return frozenset(made)


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


def _await(future: Pending, what: str) -> Any:
    try:
        return future.result(TIMEOUT_S)
    except KafkaException as error:
        raise TopicError(f"{what}: {_text(error)}") from error


def _text(error: KafkaException) -> str:
    first = error.args[0]
    return first.str() if isinstance(first, KafkaError) else str(first)
