"""A worker that only answers: it reads the log and writes `control` through the real codec on a real Kafka.

What it answers is the test's to say. It folds nothing and keeps nothing but the decisions it was told.
"""

from collections.abc import Callable, Mapping
from threading import Event as Flag
from threading import Thread
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from schemas import jsontext
from schemas.codec import Codec
from schemas.framing import UnknownSchema
from schemas.records import Control, Decision, Event, Question
from schemas.registry import Registry
from schemas.topics import Topics

Run = Callable[..., tuple[int, Any, Any]]
Answer = Callable[[Mapping[str, Any]], Any]


class AnsweringWorker:
    """Answers by name. An answer that is a dict with `error` alone is told as a refusal."""

    def __init__(self, kafka: str, registry: str, prefix: str) -> None:
        self.answers: dict[str, Answer] = {}
        self.decisions: list[tuple[str, dict[str, Any]]] = []
        self.topics = Topics(prefix)
        self._kafka = kafka
        self._registry = Registry(registry)
        self._codec = Codec(self._registry, self.topics)
        self._producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0})
        self._over = Flag()
        self._thread = Thread(target=self._run, name="answering worker", daemon=True)

    def create_topics(self, *short: str) -> None:
        """Makes the topics of the conversation and these."""
        self.add_topics("sync.in", "control", *short)

    def add_topics(self, *short: str) -> None:
        """Makes these topics."""
        names = [self.topics.name(name) for name in short]
        admin = AdminClient({"bootstrap.servers": self._kafka})
        made = admin.create_topics([NewTopic(name, 1, 1) for name in names])
        for future in made.values():
            future.result()

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the question at hand."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._registry.close()

    def put(self, short: str, value: bytes, key: bytes | None = None) -> None:
        """Appends raw bytes to a topic and waits until they stand there."""
        self._producer.produce(self.topics.name(short), value, key)
        self._producer.flush()

    def control(self, key: str, value: Any) -> None:
        """Says something on `control`."""
        record = Control(key, 0, jsontext.dumps(value))
        self._producer.produce(
            self.topics.name("control"), self._codec.encode("control", record), key.encode()
        )
        self._producer.flush()

    def _run(self) -> None:
        consumer = Consumer({"bootstrap.servers": self._kafka, "group.id": f"{self.topics.prefix}answers"})
        consumer.assign([TopicPartition(self.topics.name("sync.in"), 0, 0)])
        while not self._over.is_set():
            message = consumer.poll(0.05)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            key, value, offset = message.key(), message.value(), message.offset()
            assert key is not None
            assert value is not None
            assert offset is not None
            self._take(self._event(value, offset, key.decode()))
        consumer.close()

    def _event(self, value: bytes, offset: int, tenant: str) -> Event:
        try:
            return self._codec.decode_event(value, 0, offset, tenant)
        except UnknownSchema as unknown:
            self._registry.fetch(unknown.schema_id)
            return self._codec.decode_event(value, 0, offset, tenant)

    def _take(self, event: Event) -> None:
        match event.body:
            case Decision(_, verb, args):
                self.decisions.append((verb, dict(args)))
            case Question(name, what, args) if what in self.answers:
                answer = self.answers[what](args)
                told = answer if set(answer) == {"error"} else {"at": event.offset, "answer": answer}
                self.control(f"{event.tenant}|answer", {"id": name, **told})
