"""Appending to Kafka: one idempotent producer, its delivery reports handed to the loop in batches."""

import asyncio
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, Message, Producer

from connectors.log.log import AckError, Placed
from schemas import librdkafka

SETTINGS: dict[str, Any] = {
    "acks": "all",
    "enable.idempotence": True,
    "partitioner": "murmur2_random",  # Java's choice: Faust and every other reader agree on the partition
    "compression.type": "zstd",
    "linger.ms": 5,
    "message.max.bytes": 8 * 1024 * 1024,
}
MOST_S = 30.0  # so long a broker may be away, however long a session is
Report = tuple["asyncio.Future[Placed]", Placed | AckError]


class KafkaOutlet:
    """A producer whose acks are awaited. `session_s`: after so long without a sign of life others take over."""

    def __init__(self, connection: Mapping[str, str], client_id: str, session_s: float) -> None:
        settings = {**SETTINGS, **_within(session_s), **connection, "client.id": client_id}
        self._producer = Producer(settings, logger=librdkafka.LOGGER)
        self._loop = asyncio.get_running_loop()
        self._reports: deque[Report] = deque()
        self._scheduled = False
        self._open = True
        self._thread = threading.Thread(target=self._serve, name="kafka-acks", daemon=True)
        self._thread.start()

    def append(
        self,
        topic: str,
        key: str,
        value: bytes | None,
        *,
        partition: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "asyncio.Future[Placed]":
        """Hand a record to the producer; the future is done with its ack."""
        done: asyncio.Future[Placed] = self._loop.create_future()

        def report(error: KafkaError | None, message: Message) -> None:
            self._report(done, f"{topic} key {key}", error, message)

        arguments: dict[str, Any] = {} if partition is None else {"partition": partition}
        marks = [(name, text.encode()) for name, text in (headers or {}).items()]
        self._producer.produce(topic, value, key.encode(), on_delivery=report, headers=marks, **arguments)
        return done

    async def close(self, seconds: float = 10.0) -> None:
        """Wait for what is under way, then stop."""
        await asyncio.to_thread(self._producer.flush, seconds)
        self._open = False
        await asyncio.to_thread(self._thread.join, seconds)
        self._drain()

    def _serve(self) -> None:
        while self._open:
            self._producer.poll(0.1)

    def _report(
        self, done: "asyncio.Future[Placed]", what: str, error: KafkaError | None, message: Message
    ) -> None:
        outcome: Placed | AckError
        if error is None:
            outcome = Placed(message.topic(), message.partition(), message.offset())
        else:
            outcome = AckError(f"{what}: {error.str()}; check the broker and its min.insync.replicas")
        self._reports.append((done, outcome))
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        self._scheduled = False
        while self._reports:
            done, outcome = self._reports.popleft()
            if done.done():
                continue
            if isinstance(outcome, AckError):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)


def _within(session_s: float) -> dict[str, int]:
    """What is not sent within most of a session never is: a process that slept has a successor when it wakes."""
    most_s = min(MOST_S, session_s * 0.8)
    return {"delivery.timeout.ms": int(most_s * 1000), "request.timeout.ms": int(most_s * 500)}
