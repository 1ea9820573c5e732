"""What Kafka tells about itself (ids, partitions, ends), and tails that follow it in a thread of their own."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import stamina
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

from connectors.log.log import Binding, Place, Raw
from schemas import librdkafka

WAIT_S = 0.25
BATCH = 500
ADMIN_S = 15.0
AWAY_S = 30.0  # a broker that restarts is waited for as long as a producer waits for its acks


class KafkaTail:
    """A consumer without a group. `position` also passes transaction markers: a partition's end says where it is."""

    def __init__(
        self, connection: Mapping[str, str], client_id: str, starts: Mapping[Place, int | None]
    ) -> None:
        self.position: dict[Place, int] = {place: start or 0 for place, start in starts.items()}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka-tail")
        self._consumer = Consumer(_consumer_settings(connection, client_id), logger=librdkafka.LOGGER)
        self._consumer.assign(
            [
                TopicPartition(t, p, OFFSET_BEGINNING if start is None else start)
                for (t, p), start in starts.items()
            ]
        )

    async def poll(self) -> Sequence[Raw]:
        """Return what has arrived, at once if there is something, else after a short wait."""
        loop = asyncio.get_running_loop()
        messages = await loop.run_in_executor(self._thread, arrived, self._consumer, BATCH, WAIT_S)
        records = [raw for message in messages if (raw := self._read(message)) is not None]
        for raw in records:
            self.position[raw.place] = max(self.position[raw.place], raw.offset + 1)
        return records

    async def close(self) -> None:
        """Leave the broker."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._consumer.close)
        self._thread.shutdown(wait=False)

    def _read(self, message: Message) -> Raw | None:
        error = message.error()
        place = (message.topic(), message.partition())
        if error is None:
            return raw_of(message)
        if error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001  # the client's public name of this code
            self.position[place] = max(self.position[place], message.offset())
            return None
        if error.retriable() or not error.fatal():
            return None
        raise KafkaException(error)


def arrived(consumer: Consumer, most: int, wait_s: float) -> list[Message]:
    """Return what has arrived as soon as there is something; `consume` alone waits until it is full or time is over."""
    first = consumer.poll(wait_s)
    return [] if first is None else [first, *consumer.consume(most - 1, 0)]


def raw_of(message: Message) -> Raw:
    """Return a message as our value."""
    key, (_, at) = message.key(), message.timestamp()
    text = key.decode() if isinstance(key, bytes) else str(key or "")
    return Raw(message.topic(), message.partition(), message.offset(), text, message.value(), at)


class KafkaCluster:
    """The admin's view of a cluster."""

    def __init__(self, connection: Mapping[str, str], client_id: str) -> None:
        self._connection = connection
        self._client_id = client_id
        self._admin = self._client()

    async def binding(self, topics: Sequence[str]) -> Binding:
        """Return the cluster's id and the topics' ids; a missing topic is an error that names it."""
        return await asyncio.to_thread(self._binding, list(topics))

    async def ends(self, places: Sequence[Place]) -> dict[Place, int]:
        """Return the offset the next record of each partition will get."""
        return await asyncio.to_thread(self._ends, list(places))

    def tail(self, starts: Mapping[Place, int | None]) -> KafkaTail:
        """Follow partitions from the given offsets; None is the beginning."""
        return KafkaTail(self._connection, self._client_id, starts)

    def _client(self) -> AdminClient:
        return AdminClient({**self._connection, "client.id": self._client_id}, logger=librdkafka.LOGGER)

    def _binding(self, topics: list[str]) -> Binding:
        cluster = self._admin.describe_cluster(request_timeout=ADMIN_S).result()
        described = self._admin.describe_topics(TopicCollection(topics), request_timeout=ADMIN_S)
        ids: dict[str, str] = {}
        partitions: dict[str, int] = {}
        for topic, future in described.items():
            try:
                found = future.result()
            except KafkaException as error:
                raise LookupError(
                    f"topic {topic} on {self._connection['bootstrap.servers']}: {error}; `tandem topics apply` makes it"
                ) from error
            ids[topic] = str(found.topic_id)
            partitions[topic] = len(found.partitions)
        return Binding(str(cluster.cluster_id), ids, partitions)

    def _ends(self, places: list[Place]) -> dict[Place, int]:
        """Ask until there is an answer.

        A client that outlived a broker's restart keeps the leaders' old epochs for minutes and is refused each
        time (FENCED_LEADER_EPOCH); a new one learns the present ones.
        """
        asked: dict[Any, Any] = {TopicPartition(t, p): OffsetSpec.latest() for t, p in places}
        for attempt in stamina.retry_context(on=KafkaException, attempts=None, timeout=AWAY_S, wait_max=1.0):
            with attempt:
                admin = self._admin = self._admin if attempt.num == 1 else self._client()
                found = admin.list_offsets(asked, request_timeout=ADMIN_S)
                return {(at.topic, at.partition): future.result().offset for at, future in found.items()}
        raise AssertionError("unreachable: the last attempt raises")


def _consumer_settings(connection: Mapping[str, str], client_id: str) -> dict[str, Any]:
    return {
        **connection,
        "client.id": client_id,
        "group.id": f"{client_id}-tail",  # the client demands a name; nothing joins or commits under it
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "fetch.wait.max.ms": 500,
        "fetch.queue.backoff.ms": 10,  # else a full queue keeps it from fetching for a whole second
        "fetch.message.max.bytes": 8 * 1024 * 1024,
        "queued.max.messages.kbytes": 16 * 1024,
    }
