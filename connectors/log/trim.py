"""Trimming a topic by its reader: what has a durable result and is older than a week."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import AdminClient

from connectors.clock import Clock
from connectors.log.log import Place
from schemas import librdkafka

KEPT_MS = 7 * 24 * 60 * 60 * 1000
EVERY_S = 3600.0


class Trimmer:
    """Deletes a topic's oldest records, never one that the group has not committed past."""

    def __init__(
        self, connection: Mapping[str, str], group: str, places: Sequence[Place], clock: Clock
    ) -> None:
        self._connection = dict(connection)
        self._group = group
        self._places = places
        self._clock = clock

    async def run(self, stopping: asyncio.Event, every_s: float = EVERY_S) -> None:
        """Trim now and then, until told to stop."""
        while not stopping.is_set():
            await self.trim(self._clock.now_ms() - KEPT_MS)
            await self._clock.sleep_unless(stopping, every_s)

    async def trim(self, older_than_ms: int) -> dict[Place, int]:
        """Delete what is older and committed; returns below which offsets."""
        return await asyncio.to_thread(self._trim, older_than_ms)

    def _trim(self, older_than_ms: int) -> dict[Place, int]:
        settings: dict[str, Any] = {**self._connection, "group.id": self._group, "enable.auto.commit": False}
        consumer = Consumer(settings, logger=librdkafka.LOGGER)
        try:
            done = consumer.committed([TopicPartition(*place) for place in self._places], timeout=30)
            asked = [TopicPartition(*place, older_than_ms) for place in self._places]
            young = {one.partition: one.offset for one in consumer.offsets_for_times(asked, timeout=30)}
        finally:
            consumer.close()
        # No record that young: -1, the committed offset alone decides.
        bounds = {
            (one.topic, one.partition): one.offset
            if young[one.partition] < 0
            else min(one.offset, young[one.partition])
            for one in done
        }
        return self._delete({place: offset for place, offset in bounds.items() if offset > 0})

    def _delete(self, bounds: dict[Place, int]) -> dict[Place, int]:
        if bounds:
            admin = AdminClient(self._connection, logger=librdkafka.LOGGER)
            asked = [TopicPartition(topic, number, offset) for (topic, number), offset in bounds.items()]
            for future in admin.delete_records(asked, request_timeout=30).values():
                future.result()
        return bounds
