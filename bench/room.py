"""The topics of one measured worker: what is appended for it, and how far it says that it has come."""

import uuid
from collections.abc import Callable, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from bench.embedded import Servers
from bench.lap import TENANT
from bench.reader import Reader
from schemas.apply import apply_topics
from schemas.codec import Codec
from schemas.registry import Registry
from schemas.topics import Topics


class Room:
    """A prefix of its own; its topics are made as `tandem topics apply` makes them."""

    def __init__(self, servers: Servers) -> None:
        client = {"bootstrap.servers": servers.kafka}
        self.servers = servers
        self.topics = Topics(prefix=f"b{uuid.uuid4().hex[:8]}.")
        registry = Registry(servers.registry)
        apply_topics(AdminClient(client), registry, self.topics)
        self.codec = Codec(registry, self.topics)
        self.codec.open()
        self.end = 0
        self._producer = Producer({**client, "linger.ms": 5, "compression.type": "zstd"})
        self._group = Consumer({**client, "group.id": f"{self.topics.prefix}worker"})

    def append(self, values: Sequence[bytes]) -> None:
        """Append to the log; `end` is then the offset behind the last value."""
        for value in values:
            self._producer.produce(
                self.topics.name("sync.in"), value, TENANT.encode(), partition=0, on_delivery=self._noted
            )
            self._producer.poll(0)
        self._producer.flush()

    def committed(self) -> int:
        """How far the worker's group has committed the log."""
        log = TopicPartition(self.topics.name("sync.in"), 0)
        try:
            found = self._group.committed([log], timeout=10)
        except KafkaException as busy:  # a broker just started looks for its coordinator
            if busy.args[0].code() != KafkaError.NOT_COORDINATOR:
                raise
            return 0
        return max(0, int(found[0].offset))

    def reader(self, topic: str) -> Reader:
        """A reader of one topic, by its short name."""
        return Reader(self.servers.kafka, self.topics.name(topic))

    def close(self) -> None:
        self._group.close()

    def _noted(self, error: object, message: Message) -> None:
        if error is not None:
            raise RuntimeError(f"the log did not take an event: {error}")
        self.end = max(self.end, int(message.offset() or 0) + 1)


Done = Callable[[], bool]
