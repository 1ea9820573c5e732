"""Who may act for a system: the member of a consumer group that holds its one partition, and has just proved it.

The proof is a commit under the group's generation: the coordinator takes it from its present members only. Its
offset is the holder's epoch, so epochs rise and a lost holder cannot store one. Right before bytes go, the
proof's age is checked; time runs on while a process is stopped, so a woken one notices.
"""

import asyncio
import threading
import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from connectors.errors import LeaseError
from schemas import librdkafka

TRUSTED = 0.7  # of the session: the coordinator gives the lease away no earlier than its end


class Lease:
    """One candidate for a lease. `wait` returns the epoch once it is held; it is never taken twice."""

    def __init__(
        self, connection: Mapping[str, str], group: str, topic: str, session_s: float, instance: str | None
    ) -> None:
        self._place = TopicPartition(topic, 0)
        self._session_s = session_s
        self._consumer = Consumer(_settings(connection, group, session_s, instance), logger=librdkafka.LOGGER)
        self._loop = asyncio.get_running_loop()
        self._held: asyncio.Future[int] = self._loop.create_future()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._assigned = False
        self._epoch: int | None = None
        self._proved_at = float("-inf")
        self._open = True
        self._thread = threading.Thread(target=self._serve, name="lease", daemon=True)

    def start(self) -> None:
        """Become a candidate."""
        self._thread.start()

    async def wait(self) -> int:
        """Return the epoch once the lease is held."""
        return await asyncio.shield(self._held)

    @property
    def age_s(self) -> float:
        """Seconds since the last proof."""
        return time.monotonic() - self._proved_at

    @property
    def held(self) -> bool:
        """Tell whether the last proof is young enough."""
        return self._open and self._epoch is not None and self.age_s < TRUSTED * self._session_s

    def check(self) -> None:
        """Raise unless the lease is held at this moment."""
        if not self.held:
            raise LeaseError(
                f"the lease was proved {self.age_s:.1f} s ago, its session is {self._session_s} s"
            )

    async def close(self) -> None:
        """Leave the group, so that a standby need not wait for the session's end."""
        self._open = False
        if self._thread.is_alive():  # a standby may end before it has become a candidate
            await asyncio.to_thread(self._thread.join, 10.0)

    def _serve(self) -> None:
        try:
            self._consumer.subscribe(
                [self._place.topic],
                on_assign=self._on_assign,
                on_revoke=self._on_revoke,
                on_lost=self._on_revoke,
            )
            while self._open:
                self._consumer.poll(min(0.25, self._session_s / 10))
                if self._assigned and self.age_s > self._session_s / 6:
                    self._prove()
        except KafkaException as error:
            self._tell_lost(str(error))
        finally:
            self._assigned = False
            self._consumer.close()

    def _prove(self) -> None:
        began = time.monotonic()
        epoch = self._epoch if self._epoch is not None else self._next_epoch()
        try:
            self._commit(epoch)
        except KafkaException as error:
            self._failed(error.args[0])
            return
        self._proved_at = began
        if self._epoch is None:
            self._epoch = epoch
            self._loop.call_soon_threadsafe(_resolve, self._held, epoch)

    def _commit(self, epoch: int) -> None:
        wanted = [TopicPartition(self._place.topic, 0, epoch)]
        for one in self._consumer.commit(offsets=wanted, asynchronous=False) or []:
            if one.error is not None:
                raise KafkaException(one.error)

    def _next_epoch(self) -> int:
        """Return a number above every earlier holder's, even where the group was forgotten."""
        stored = self._consumer.committed([self._place], timeout=self._session_s)[0].offset
        return int(max(stored + 1, time.time()))

    def _failed(self, error: KafkaError) -> None:
        if error.code() in _GONE:
            self._tell_lost(error.str())

    def _on_assign(self, consumer: Consumer, parts: list[TopicPartition]) -> None:
        # Offsets are epochs here, there is nothing to read: the partition is paused at its end.
        places = [TopicPartition(part.topic, part.partition, OFFSET_END) for part in parts]
        consumer.incremental_assign(places)
        consumer.pause([TopicPartition(part.topic, part.partition) for part in parts])
        self._assigned = self._assigned or bool(parts)

    def _on_revoke(self, consumer: Consumer, parts: list[TopicPartition]) -> None:
        consumer.incremental_unassign(parts)
        if parts and self._open:
            self._assigned = False
            self._tell_lost("the partition was given to another member")

    def _tell_lost(self, reason: str) -> None:
        self._proved_at = float("-inf")
        self._loop.call_soon_threadsafe(_resolve, self.lost, reason)


def _resolve(future: "asyncio.Future[Any]", value: Any) -> None:
    if not future.done():
        future.set_result(value)


_GONE = frozenset({
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.FENCED_INSTANCE_ID,
})  # fmt: skip


def _settings(
    connection: Mapping[str, str], group: str, session_s: float, instance: str | None
) -> dict[str, Any]:
    static = {} if instance is None else {"group.instance.id": instance}
    return {
        **connection,
        **static,
        "group.id": group,
        "client.id": group,
        "enable.auto.commit": False,
        "auto.offset.reset": "latest",
        "session.timeout.ms": int(session_s * 1000),
        "heartbeat.interval.ms": int(session_s * 1000 / 6),
        "partition.assignment.strategy": "cooperative-sticky",  # a standby that joins must not move the lease
    }
