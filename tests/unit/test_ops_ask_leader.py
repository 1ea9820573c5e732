"""A command right after a broker's start: a partition that nobody leads yet is no Kafka that does not answer."""

from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from ops.ask import watermarks

AT = TopicPartition("tandem.sync.in", 0)


class Starting:
    """A consumer of a broker that just starts: so many answers are errors before the partition has a leader."""

    def __init__(self, error: int, times: int) -> None:
        self.error, self.times, self.looks = error, times, 0

    def get_watermark_offsets(self, at: TopicPartition, *, timeout: float) -> tuple[int, int] | None:
        self.looks += 1
        if self.looks <= self.times:
            raise KafkaException(KafkaError(self.error))
        return (0, 7)

    def list_topics(self, topic: str, *, timeout: float) -> Any:
        return None


def test_a_partition_without_a_leader_is_asked_for_again() -> None:
    """Once it is led, its marks are told."""
    starting = Starting(KafkaError.NOT_LEADER_FOR_PARTITION, 2)

    assert (watermarks(starting, AT), starting.looks) == ((0, 7), 3)


def test_one_that_is_never_led_is_told() -> None:
    """Patience ends, and what Kafka said last is what is told."""
    with pytest.raises(KafkaException):
        watermarks(Starting(KafkaError.LEADER_NOT_AVAILABLE, 1_000_000), AT, patience=0.0)


def test_any_other_error_is_told_at_once() -> None:
    """Only what passes by itself is waited for."""
    starting = Starting(KafkaError.TOPIC_AUTHORIZATION_FAILED, 1)
    with pytest.raises(KafkaException):
        watermarks(starting, AT)

    assert starting.looks == 1
