"""Reading commands from Kafka under a group's committed offsets; only the holder of the lease does."""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import stamina
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

from connectors.log.kafka_cluster import AWAY_S, arrived, raw_of
from connectors.log.log import Place, Raw
from schemas import librdkafka

WAIT_S = 0.25
BATCH = 64


class KafkaCommands:
    """All partitions of a topic, assigned by hand: the lease says who reads, the group keeps the offsets."""

    def __init__(self, connection: Mapping[str, str], group: str, places: Sequence[Place]) -> None:
        self._places = places
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka-commands")
        self._consumer = Consumer(_settings(connection, group), logger=librdkafka.LOGGER)

    async def open(self) -> None:
        """Begin at the committed offsets."""
        await self._in_thread(self._assign)

    async def poll(self) -> Sequence[Raw]:
        """Return what has arrived."""
        messages = await self._in_thread(arrived, self._consumer, BATCH, WAIT_S)
        for message in messages:
            error = message.error()
            if error is not None and error.fatal():
                raise KafkaException(error)
        return [raw_of(message) for message in messages if message.error() is None]

    async def commit(self, offsets: dict[Place, int]) -> None:
        """Store how far everything has a durable result; one after the other, also where its caller has been cancelled."""
        wanted = [TopicPartition(topic, number, offset) for (topic, number), offset in offsets.items()]
        await self._in_thread(partial(self._consumer.commit, offsets=wanted, asynchronous=False))

    async def close(self) -> None:
        """Leave the broker."""
        await self._in_thread(self._consumer.close)
        self._thread.shutdown(wait=False)

    def _assign(self) -> None:
        starts = [
            TopicPartition(one.topic, one.partition, one.offset if one.offset >= 0 else OFFSET_BEGINNING)
            for one in self._committed()
        ]
        self._consumer.assign(starts)

    def _committed(self) -> list[TopicPartition]:
        """Ask until there is an answer: a broker that has just begun does not know yet who keeps the group's offsets."""
        asked = [TopicPartition(topic, number) for topic, number in self._places]
        for attempt in stamina.retry_context(on=KafkaException, attempts=None, timeout=AWAY_S, wait_max=1.0):
            with attempt:
                found: list[TopicPartition] = self._consumer.committed(asked, timeout=30)
                return found
        raise AssertionError("unreachable: the last attempt raises")

    async def _in_thread(self, work: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


def _settings(connection: Mapping[str, str], group: str) -> dict[str, Any]:
    return {
        **connection,
        "group.id": group,
        "client.id": group,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "fetch.wait.max.ms": 500,
        "fetch.queue.backoff.ms": 10,  # else a full queue keeps it from fetching for a whole second
        "fetch.message.max.bytes": 8 * 1024 * 1024,
        "queued.max.messages.kbytes": 8 * 1024,
    }
