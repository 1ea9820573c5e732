"""The agent `intake`: forwards changes undecoded to their tenant's log, in order, and says how far it came."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Message, Producer

from schemas import librdkafka
from schemas.records import Position
from streams.chunks import Chunk, Record
from streams.config import WorkerConfig
from streams.guard import stop
from streams.owner import settle

IN_FLIGHT = 8  # chunks sent and not yet acknowledged, a partition's order is the producer's


@dataclass(frozen=True, slots=True)
class Envelopes:
    """How records of the log are made: `change(record, topic, partition, offset)` and `position(position)`."""

    change: Callable[[Record, str, int, int], bytes]
    position: Callable[[Position], bytes]


class Intake:
    """Stateless: a chunk read twice is sent twice, with the same ids."""

    def __init__(
        self, config: WorkerConfig, log: str, topic_ids: dict[str, str], envelopes: Envelopes
    ) -> None:
        self._config = config
        self._log = log
        self._topic_ids = topic_ids
        self._envelopes = envelopes
        self._producer = Producer(_settings(config), logger=librdkafka.LOGGER)
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._stopped = threading.Event()
        self._poller = threading.Thread(target=self._poll, name="intake-acks", daemon=True)
        self._poller.start()

    async def take(self, event: Any) -> None:
        """Send a chunk and its position; it is settled once the position, sent last, is acknowledged."""
        await self._room.acquire()
        chunk: Chunk = event.value
        tenant = self._config.sources[chunk.tp.topic]
        for record in chunk.records:
            if record.value is not None:  # a delete stands before its tombstone, which says nothing new
                at = (record.topic, record.partition, record.offset)
                self._send(tenant, self._envelopes.change(record, *at), list(record.headers), acked)
        loop = asyncio.get_running_loop()

        def done(error: object, message: Message) -> None:
            acked(error, message)
            loop.call_soon_threadsafe(self._settle, event)

        self._send(tenant, self._envelopes.position(self._position(chunk)), [], done)

    def close(self) -> None:
        self._stopped.set()
        self._poller.join()

    def _settle(self, event: Any) -> None:
        self._room.release()
        settle(event, "intake")

    def _position(self, chunk: Chunk) -> Position:
        topic, partition = chunk.tp
        return Position(topic, self._topic_ids[topic], partition, chunk.next_offset)

    def _send(
        self, tenant: str, value: bytes, headers: list[Any], done: Callable[[object, Message], None]
    ) -> None:
        home = self._config.tenants[tenant]
        self._producer.produce(
            self._log, value, tenant.encode(), partition=home, headers=headers, on_delivery=done
        )

    def _poll(self) -> None:
        while not self._stopped.is_set():
            self._producer.poll(0.1)


def acked(error: object, message: Message) -> None:
    if error is not None:
        stop(
            "intake was not acknowledged",
            error=str(error),
            topic=message.topic(),
            partition=message.partition(),
        )


def _settings(config: WorkerConfig) -> dict[str, Any]:
    return {
        "bootstrap.servers": config.bootstrap,
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "compression.type": "zstd",
        "linger.ms": 1,
        "batch.size": 1_000_000,
        # below the session: a worker that slept sends nothing once others have taken over
        "delivery.timeout.ms": int(config.session_timeout_s * 800),
        "request.timeout.ms": int(config.session_timeout_s * 400),
        "message.max.bytes": config.max_record_bytes + (64 << 10),
        "queue.buffering.max.messages": 200_000,
    }
