"""The public change topics as another team reads them: a plain consumer, and the schemas the registry names."""

import io
import json
import struct
from collections import defaultdict
from itertools import pairwise
from time import monotonic
from typing import Any

import fastavro
import httpx
from confluent_kafka import Consumer, TopicPartition

from tests.chaos.processes import Processes

Change = dict[str, Any]
READ_S = 30.0


class Outsider:
    """Knows the wire format (a zero, the schema's id, Avro) and the two addresses, nothing of our code."""

    def __init__(self, processes: Processes) -> None:
        told = processes.manifest()
        self._kafka = told["kafka"]
        self._registry = httpx.Client(base_url=told["schema_registry_url"], timeout=10)
        self._schemas: dict[int, Any] = {}

    def changes(self, topic: str) -> dict[str, list[Change]]:
        """Every change of a topic by ref, in the topic's order."""
        found: dict[str, list[Change]] = defaultdict(list)
        for key, value in self._records(topic):
            if value is not None:
                found[key].append(self._decoded(value))
        return dict(found)

    def _records(self, topic: str) -> list[tuple[str, bytes | None]]:
        settings = {"bootstrap.servers": self._kafka, "group.id": "another-team"}
        consumer = Consumer(settings | {"enable.auto.commit": False, "isolation.level": "read_committed"})
        try:
            return _read(consumer, topic)
        finally:
            consumer.close()

    def _decoded(self, value: bytes) -> Change:
        magic, schema_id = struct.unpack(">bI", value[:5])
        assert magic == 0
        if schema_id not in self._schemas:
            text = self._registry.get(f"/schemas/ids/{schema_id}").raise_for_status().json()["schema"]
            self._schemas[schema_id] = fastavro.parse_schema(json.loads(text))
        change = fastavro.schemaless_reader(io.BytesIO(value[5:]), self._schemas[schema_id], None)
        assert isinstance(change, dict)
        return change


def _read(consumer: Consumer, topic: str) -> list[tuple[str, bytes | None]]:
    """Everything that stands in the topic now."""
    numbers = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = {n: consumer.get_watermark_offsets(TopicPartition(topic, n), timeout=10)[1] for n in numbers}
    left = {number: end for number, end in ends.items() if end}
    consumer.assign([TopicPartition(topic, number, 0) for number in left])
    found: list[tuple[str, bytes | None]] = []
    until = monotonic() + READ_S
    while left:
        assert monotonic() < until, f"{topic} could not be read to {left}"
        for message in consumer.consume(1_000, 0.5):
            assert message.error() is None, message.error()
            found.append((message.key().decode(), message.value()))
            if message.offset() + 1 >= left.get(message.partition(), message.offset() + 2):
                del left[message.partition()]
    return found


def out_of_order(changes: list[Change]) -> list[str]:
    """Where an older image stands behind a newer one of the same ref, and nobody has set that right.

    What a connector still sends that has lost its lease carries its older epoch; the present holder, which must have
    a higher one, publishes what stood there before once more.
    """
    return [
        f"{later['ref']}: version {later['version']} of epoch {_epoch(later)} stands behind "
        f"version {earlier['version']} of epoch {_epoch(earlier)}"
        for number, (earlier, later) in enumerate(pairwise(changes))
        if (later["version"] <= earlier["version"] or _epoch(later) < _epoch(earlier))
        and not _set_right(earlier, later, changes[number + 2 :])
    ]


def _epoch(change: Change) -> int:
    return int(change["source"]["epoch"])


def _set_right(earlier: Change, late: Change, rest: list[Change]) -> bool:
    """Whether what a late connector wrote is followed by the version before it, under a number above both."""
    if _epoch(late) >= _epoch(earlier):
        return False
    number = max(earlier["version"], late["version"])
    after = next((one for one in rest if _epoch(one) >= _epoch(earlier)), None)
    return after is not None and after["version"] > number and after["after"] == earlier["after"]
