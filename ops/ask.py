"""Asks the worker and tells it what a person decided, through the log: exact, and from anywhere.

A question is appended to `sync.in`; the answer is the state as of that place in the log and comes on
`control`, which is read from the end it had before the question was asked.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event as Signal
from time import monotonic
from typing import Any, Protocol
from uuid import uuid4

import simplejson
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from msgspec import Struct

from ops.cures import cure_of
from ops.errors import Failure, Mistake, Negative, Unreached
from schemas.records import Body, Control, Decision, Event, Json, Question

CONNECT_S, AGAIN_S = 4.0, 0.1
LEADERLESS = {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE}
PAUSE = Signal()  # nobody sets it
# librdkafka would write to stderr, where only our own errors belong.
SILENT = logging.getLogger("ops.ask.kafka")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


class Marking(Protocol):
    """What is needed of Kafka's consumer to learn how far a partition goes."""

    def get_watermark_offsets(self, at: TopicPartition, *, timeout: float) -> tuple[int, int] | None: ...
    def list_topics(self, topic: str, *, timeout: float) -> Any: ...


class Channel(Struct, frozen=True):
    """Where the log and its answers stand, and how their records are written and read."""

    client: Mapping[str, str]
    sync_in: str
    control: str
    tenant: str
    partition: int
    encode: Callable[[Event], bytes]
    decode: Callable[[bytes], Control]

    @property
    def address(self) -> str:
        return self.client["bootstrap.servers"]


class Conversation:
    """Questions and answers over one connection; `close` ends it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._consumer = Consumer(
            {
                **channel.client,
                "group.id": f"{channel.control}.cli",  # never joined: partitions are assigned by hand
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,
                "auto.offset.reset": "latest",
            },
            logger=SILENT,
        )
        self._producer = Producer({**channel.client, "acks": "all", "linger.ms": 0}, logger=SILENT)
        self._partitions: dict[str, int] | None = None

    def close(self) -> None:
        """Ends the connection."""
        self._consumer.close()

    def partitions(self, wanted: Iterable[str] = ()) -> Mapping[str, int]:
        """Every topic with its number of partitions; ends the command when Kafka does not answer.

        Asked for once more where a wanted one is not among them: a broker tells of new topics a little late.
        """
        if self._partitions is None or any(topic not in self._partitions for topic in wanted):
            with _reaching(self.channel.address):
                found = self._consumer.list_topics(timeout=CONNECT_S).topics
            self._partitions = {name: len(topic.partitions) for name, topic in found.items()}
        return self._partitions

    def ends(self, topics: list[str]) -> dict[str, int]:
        """The end of every partition that holds something, as `topic/partition`."""
        ends: dict[str, int] = {}
        known = self.partitions(topics)
        for topic in topics:
            for partition in range(known.get(topic, 0)):
                low, high = self._watermarks(topic, partition)
                if high > low:
                    ends[f"{topic}/{partition}"] = high
        return ends

    def beyond(self, offset: int) -> int:
        """How many entries the log has behind this one."""
        end = self._watermarks(self.channel.sync_in, self.channel.partition)[1]
        return max(0, end - offset - 1)

    def ask(self, what: str, args: Mapping[str, Json] | None = None, *, wait: float = 10.0) -> Any:
        """The worker's answer to one question; no answer in `wait` seconds ends the command."""
        name = uuid4().hex
        self._listen()
        self._append(Question(name, what, args or {}))
        answer = self._answer(name, wait)
        if answer is None:
            raise self._unanswered(wait)
        if error := answer.get("error"):
            raise _refusal(error, what)
        return answer["answer"]

    def decide(self, verb: str, args: Mapping[str, Json], *, wait: float = 10.0) -> dict[str, Any]:
        """Tells a decision and waits for what comes of it: `done`, or not done with the reason as `outcome`."""
        name, until = uuid4().hex, monotonic() + wait
        self.partitions()
        self._append(Decision(name, verb, args))
        while True:
            answer: dict[str, Any] = self.ask("decision", {"id": name}, wait=max(1.0, until - monotonic()))
            if error := answer.get("error"):
                raise _refusal(error, verb)
            pending = not answer.get("done") and answer.get("outcome") is None
            if not pending or monotonic() >= until:
                return {"id": name, "verb": verb, **answer}

    def _listen(self) -> None:
        """Begins to read `control` at its present end."""
        control = self.channel.control
        self._need(control)
        self._consumer.assign([TopicPartition(control, 0, self._watermarks(control, 0)[1])])

    def _append(self, body: Body) -> None:
        channel, failed = self.channel, list[KafkaError]()
        self._need(channel.sync_in, channel.partition)

        def acknowledged(error: KafkaError | None, _message: Message) -> None:
            if error is not None:
                failed.append(error)

        identity = getattr(body, "id", uuid4().hex)
        event = Event(id=identity, tenant=channel.tenant, at=0, offset=0, body=body)
        with _reaching(channel.address):
            self._producer.produce(
                channel.sync_in,
                channel.encode(event),
                channel.tenant.encode(),
                partition=channel.partition,
                on_delivery=acknowledged,
            )
            if self._producer.flush(CONNECT_S) or failed:
                raise KafkaException(failed[0] if failed else KafkaError(KafkaError._MSG_TIMED_OUT))  # noqa: SLF001 - librdkafka's public codes begin so

    def _answer(self, name: str, wait: float) -> dict[str, Any] | None:
        key, until = f"{self.channel.tenant}|answer".encode(), monotonic() + wait
        while (left := until - monotonic()) > 0:
            message = self._consumer.poll(min(left, 0.5))
            value = message.value() if message is not None and message.error() is None else None
            if message is None or value is None or message.key() != key:
                continue
            answer: dict[str, Any] = simplejson.loads(self.channel.decode(value).json, use_decimal=True)
            if answer.get("id") == name:
                return answer
        return None

    def _watermarks(self, topic: str, partition: int) -> tuple[int, int]:
        with _reaching(self.channel.address):
            marks = watermarks(self._consumer, TopicPartition(topic, partition))
            if marks is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - as above
            low, high = marks
            return int(low), int(high)

    def _need(self, topic: str, partition: int = 0) -> None:
        if self.partitions([topic]).get(topic, 0) <= partition:
            raise Unreached(
                "no_topic",
                f"the topic {topic} with partition {partition} is not in Kafka",
                where=self.channel.address,
                cure="run `tandem topics apply`; else compare TANDEM_TOPIC_PREFIX and TANDEM_TENANT_PARTITION",
            )

    def _unanswered(self, wait: float) -> Unreached:
        channel = self.channel
        return Unreached(
            "no_worker",
            f"no worker answers: {wait:.0f} s passed",
            where=f"{channel.sync_in}/{channel.partition} and {channel.control} at {channel.address}",
            cure="see that a worker runs and is ready (`tandem sandbox list`, its log), "
            "and that its TANDEM_TENANT and TANDEM_TOPIC_PREFIX are this command's",
        )


def watermarks(consumer: Marking, at: TopicPartition, patience: float = CONNECT_S) -> tuple[int, int] | None:
    """A partition's low and high mark; one that nobody leads, as just after a broker's start, is asked for again."""
    until = monotonic() + patience
    while True:
        try:
            return consumer.get_watermark_offsets(at, timeout=CONNECT_S)
        except KafkaException as error:
            if error.args[0].code() not in LEADERLESS or monotonic() >= until:
                raise
        consumer.list_topics(at.topic, timeout=CONNECT_S)  # who leads it now
        PAUSE.wait(AGAIN_S)


@contextmanager
def _reaching(address: str) -> Iterator[None]:
    """Turns Kafka's errors into one that says what to do."""
    try:
        yield
    except KafkaException as error:
        raise Unreached(
            "kafka",
            f"Kafka does not answer: {error.args[0].str()}",
            where=address,
            cure="start the sandbox with `make up`, or set TANDEM_KAFKA__BOOTSTRAP to a cluster that runs",
        ) from error


def _refusal(error: Mapping[str, Any], what: str) -> Failure:
    """A worker's refusal as a failure: a wrong question is the asker's mistake, anything else a no."""
    code = str(error.get("code", "refused"))
    kind = Mistake if code in {"bad_args", "unknown_question", "unknown_verb"} else Negative
    return kind(
        code,
        str(error.get("message", code)),
        where=str(error.get("where", what)),
        cure=str(error.get("cure") or cure_of(what)),
    )
