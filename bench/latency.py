"""How long an event takes through the idle sync stage: from its append to a reader of committed records."""

import statistics
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

from bench.embedded import Servers
from bench.expect import expect
from bench.lap import TENANT
from bench.room import Room
from bench.worker import Way, worker

RATE = 20
PATIENCE_S = 60.0


class Echo:
    """Appends numbered events at a steady rate, and notes when each comes out."""

    def __init__(self, room: Room, seconds: int) -> None:
        self._log, self._out = room.topics.name("sync.in"), room.topics.name("control")
        self._kafka = room.servers.kafka
        self._count = RATE * seconds
        self._sent: dict[bytes, float] = {}

    def run(self) -> list[float]:
        """Milliseconds each event took."""
        feeder = threading.Thread(target=self._feed)
        consumer = self._consumer()
        feeder.start()
        taken: list[float] = []
        until = time.monotonic() + PATIENCE_S
        while len(taken) < self._count and time.monotonic() < until:
            message = consumer.poll(1)
            if message is not None and not message.error() and message.value() in self._sent:
                taken.append((time.perf_counter() - self._sent[message.value() or b""]) * 1000)
        feeder.join()
        consumer.close()
        return taken

    def _feed(self) -> None:
        producer = Producer({"bootstrap.servers": self._kafka, "linger.ms": 0})
        begun = time.perf_counter()
        for number in range(self._count):
            value = b"event %08d" % number
            self._sent[value] = time.perf_counter()
            producer.produce(self._log, value, TENANT.encode(), partition=0)
            while (left := begun + (number + 1) / RATE - time.perf_counter()) > 0:
                producer.poll(left)
        producer.flush()

    def _consumer(self) -> Consumer:
        settings = {"group.id": "tandem.bench", "isolation.level": "read_committed", "fetch.wait.max.ms": 100}
        consumer = Consumer({"bootstrap.servers": self._kafka, "auto.offset.reset": "earliest", **settings})
        consumer.assign([TopicPartition(self._out, 0, 0)])
        return consumer


def quantiles(taken: list[float]) -> dict[str, float]:
    """The usual three."""
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98]}


def latency(servers: Servers, way: Way, seconds: int) -> dict[str, float]:
    """Milliseconds at low load, without a domain."""
    room = Room(servers)
    with worker(room, way, "empty"):
        taken = Echo(room, seconds).run()
    room.close()
    expect("events come out", RATE * seconds, len(taken))
    return quantiles(taken)
