"""Reads what a worker has sent, each record once, from where the last look ended."""

from collections.abc import Iterator

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

BATCH = 5_000


class Reader:
    """All partitions of one topic, committed records only."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "tandem.bench",  # required by the client; nothing is committed under it
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 50,
            }
        )
        partitions = self._consumer.list_topics(topic, timeout=10).topics[topic].partitions
        self._next = [TopicPartition(topic, number, 0) for number in sorted(partitions)]

    def new(self) -> Iterator[Message]:
        """What stands behind the last look, up to the present ends."""
        self._consumer.assign(self._next)
        ended: set[int] = set()
        while len(ended) < len(self._next):
            for message in self._consumer.consume(BATCH, 0.2):
                if _is_end(message):
                    ended.add(message.partition())
                else:
                    self._next[message.partition()].offset = message.offset() + 1
                    yield message

    def close(self) -> None:
        self._consumer.close()


def _is_end(message: Message) -> bool:
    error = message.error()
    if error is None:
        return False
    if error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001  # the name confluent-kafka documents
        raise KafkaException(error)
    return True
