"""A set of topics of its own, worker processes on them, and what can be read of both from outside."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from tests.chaos import worker_toy

PATIENCE_S = 60.0
_PAUSE = threading.Event()  # never set: a breath between two looks


@dataclass
class Room:
    """One prefix in the test's Kafka; the workers it spawned end with it."""

    kafka: str
    prefix: str
    folder: Path
    partitions: int = 1
    sources: dict[str, str] = field(default_factory=dict)
    tenants: dict[str, int] = field(default_factory=lambda: {"t": 0})
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def create(self) -> None:
        log = {"message.timestamp.type": "LogAppendTime"}
        small = {"cleanup.policy": "compact", "segment.ms": "2000", "min.cleanable.dirty.ratio": "0.01"}
        topics = [
            NewTopic(self.log, self.partitions, 1, config=log),
            NewTopic(self.changelog, self.partitions, 1, config=small),
            NewTopic(self.out, 2, 1),
            *(NewTopic(name, 2, 1, config={"cleanup.policy": "compact"}) for name in self.sources),
        ]
        admin = self.admin()
        for done in admin.create_topics(topics).values():
            done.result()

    log = property(lambda self: f"{self.prefix}sync.in")
    out = property(lambda self: f"{self.prefix}out")
    group = property(lambda self: f"{self.prefix}worker")
    changelog = property(lambda self: f"{self.prefix}worker-state-changelog")

    def admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.kafka})

    def feed(
        self, values: Iterator[bytes] | list[bytes], topic: str | None = None, tenant: str = "t", **more: Any
    ) -> None:
        """Append values, acknowledged; to the log they go by their tenant's partition."""
        producer = Producer({"bootstrap.servers": self.kafka, "linger.ms": 5, **more})
        if "transactional.id" in more:
            producer.init_transactions()
            producer.begin_transaction()
        home = {"partition": self.tenants[tenant]} if topic is None else {}
        for value in values:
            producer.produce(topic or self.log, value, tenant.encode(), **home)
            producer.poll(0)
        producer.commit_transaction() if "transactional.id" in more else producer.flush()

    def spawn(self, name: str = "w0", **told: Any) -> subprocess.Popen[bytes]:
        told = {
            "bootstrap": self.kafka,
            "state_dir": str(self.folder / name),
            "worker_id": name,
            "prefix": self.prefix,
            "tenants": self.tenants,
            "sources": self.sources,
            "session_timeout_s": 6.0,
            "transaction_timeout_s": 10.0,
            "commit_interval_s": 0.2,
            **told,
        }
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, worker_toy.__file__, json.dumps(told)], stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def read(self, topic: str, count: int | None = None, *, committed: bool = True) -> list[Message]:
        """All records from the start: until `count` are there, else until the present end."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.kafka,
                "group.id": f"{self.prefix}reader",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed" if committed else "read_uncommitted",
            }
        )
        try:
            known = consumer.list_topics(topic, timeout=10).topics[topic].partitions
            consumer.assign([TopicPartition(topic, partition, 0) for partition in known])
            return _collect(consumer, len(known), count)
        finally:
            consumer.close()

    def rows(self) -> dict[bytes, bytes]:
        """The state as its changelog tells it, all partitions."""
        state = {m.key(): m.value() for m in self.read(self.changelog)}
        return {key: value for key, value in state.items() if value is not None}

    def committed(self) -> int:
        """How far the worker's group has committed the log, all partitions."""
        consumer = Consumer({"bootstrap.servers": self.kafka, "group.id": self.group})
        try:
            found = consumer.committed(
                [TopicPartition(self.log, p) for p in range(self.partitions)], timeout=10
            )
        except KafkaException as busy:  # a broker just started looks for its coordinator
            if busy.args[0].code() != KafkaError.NOT_COORDINATOR:
                raise
            return 0
        finally:
            consumer.close()
        return sum(max(0, each.offset) for each in found)

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def hear(self, name: str, text: str) -> None:
        """Wait until a worker's log says it."""
        until = time.monotonic() + PATIENCE_S
        while text not in self.said(name):
            if time.monotonic() > until:
                raise TimeoutError(f"{name} never said {text!r}:\n{self.said(name)[-2000:]}")
            _PAUSE.wait(0.05)

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@contextmanager
def room(kafka: str, prefix: str, folder: Path, **more: Any) -> Iterator[Room]:
    """Topics made; whatever happens, no worker is left."""
    made = Room(kafka, prefix, folder, **more)
    made.create()
    try:
        yield made
    finally:
        made.end()


def stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE_S)


def numbers(count: int, keys: int) -> Iterator[bytes]:
    return (b"%08d" % (number % keys) for number in range(count))


def sent(outputs: list[Message]) -> Counter[bytes]:
    """How often each input (by its offset) was sent on."""
    return Counter(message.value() for message in outputs)


def _collect(consumer: Consumer, partitions: int, count: int | None) -> list[Message]:
    ended: set[int] = set()
    found: list[Message] = []
    until = time.monotonic() + PATIENCE_S
    done: Callable[[], bool] = lambda: len(found) >= count if count is not None else len(ended) == partitions  # noqa: E731
    while not done():
        if time.monotonic() > until:
            raise TimeoutError(f"{len(found)} of {count} records came in {PATIENCE_S:.0f} s")
        for message in consumer.consume(5_000, 0.2):
            if message.error():
                ended.add(message.partition())
            else:
                found.append(message)
    return found
