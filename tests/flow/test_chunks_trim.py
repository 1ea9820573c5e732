"""The log is trimmed by its reader: to the older of checkpoint and age, never further."""

from pathlib import Path

import pytest

from streams import cluster
from streams.chunks import TopicPartition
from streams.trim import trim
from tests.chaos.worker_room import numbers, room

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(60)]

FUTURE, PAST = 2**52, 0


@pytest.mark.parametrize(
    ("folded", "before_ms", "kept"), [(30, FUTURE, 30), (30, PAST, 0), (50, FUTURE, 50), (0, FUTURE, 0)]
)
def test_trim(kafka: str, topic_prefix: str, tmp_path: Path, folded: int, before_ms: int, kept: int) -> None:
    """What is not folded stays whatever its age, and what is young stays though it is folded."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(50, 50))
        trim(here.admin(), {TopicPartition(here.log, 0): folded}, before_ms)

        assert cluster.bounds(here.admin(), here.log, 0) == (kept, 50)
