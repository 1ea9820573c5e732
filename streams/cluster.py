"""What the worker must know of the cluster before it starts: its topics exist, their ids and their ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from schemas import librdkafka
from streams.topology import Topology

TIMEOUT_S = 20.0


class WrongTopicsError(RuntimeError):
    """A topic is missing or has the wrong number of partitions."""


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic's identity: another id under the same name is another log."""

    id: str
    partitions: int


def connect(bootstrap: str) -> AdminClient:
    """A client for a few questions. One that outlives a broker's restart is refused by its old leader epochs."""
    return AdminClient({"bootstrap.servers": bootstrap}, logger=librdkafka.LOGGER)


def reader(bootstrap: str, group: str, **more: int) -> Consumer:
    """Reads committed records of partitions it is given, and hears where each ends.

    The client requires a group; nothing is committed under it.
    """
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": group,
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "isolation.level": "read_committed",
        "auto.offset.reset": "error",
        "fetch.wait.max.ms": 10,
        "fetch.queue.backoff.ms": 10,  # else a full queue keeps it from fetching for a whole second
        "fetch.message.max.bytes": 8 << 20,
    }
    return Consumer(settings | more, logger=librdkafka.LOGGER)


def describe(admin: AdminClient, names: Iterable[str]) -> Mapping[str, TopicFacts]:
    """Facts of the topics that exist."""
    facts = {}
    found = admin.describe_topics(TopicCollection(list(names)), request_timeout=TIMEOUT_S)
    for name, future in found.items():
        if (error := future.exception()) is None:
            topic = future.result()
            facts[name] = TopicFacts(str(topic.topic_id), len(topic.partitions))
        elif "UNKNOWN_TOPIC" not in str(error):
            raise error
    return facts


def check(facts: Mapping[str, TopicFacts], graph: Topology) -> None:
    """Faust ignores a topic that does not exist, silently and for good; so refuse to start."""
    missing = [name for name in graph.topics if name not in facts]
    if missing:
        raise WrongTopicsError(f"topics {', '.join(missing)} do not exist: run `tandem topics apply`")
    log, changelog = facts[graph.log].partitions, facts[graph.changelog].partitions
    if log != changelog:
        raise WrongTopicsError(
            f"{graph.changelog} has {changelog} partitions and {graph.log} has {log}: they must be equal; "
            "create the changelog anew with as many"
        )


def bounds(admin: AdminClient, topic: str, partition: int) -> tuple[int, int]:
    """The first offset a partition still holds, and the one its next record will get."""
    at = TopicPartition(topic, partition)
    first = admin.list_offsets({at: OffsetSpec.earliest()}, request_timeout=TIMEOUT_S)
    last = admin.list_offsets({at: OffsetSpec.latest()}, request_timeout=TIMEOUT_S)
    return first[at].result().offset, last[at].result().offset


def holds_any(bootstrap: str, topics: Iterable[str]) -> bool:
    """Whether anything has been written to one of these topics; one that does not exist holds nothing."""
    admin = connect(bootstrap)
    facts = describe(admin, topics)
    places = [(name, partition) for name, fact in facts.items() for partition in range(fact.partitions)]
    return any(first < end for first, end in (bounds(admin, *place) for place in places))
