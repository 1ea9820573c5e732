"""A changelog as a worker with many linked organisations leaves it: rows the domain made, many times over."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from confluent_kafka import Producer

from bench.domain_time import Bench
from bench.lap import TENANT, Lap
from bench.room import Room

MADE = 300
LINK = f"{TENANT}|link|".encode()
REF = f"{TENANT}|ref|".encode()


def made() -> list[tuple[bytes, bytes]]:
    """The `link` and `ref` rows of organisations that were created, linked and edited once."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        now = time.time_ns() // 1_000_000
        lap = Lap(bench.codec, 1, MADE, now)
        bench.work(lap.first_sights(), now)
        bench.work(lap.answers(bench.work(lap.rounds(), now)), now)
        bench.work(lap.echoes(), now)
        bench.work(lap.answers(bench.work(lap.changes(), now)), now)
        return [row for row in bench.rows() if row[0].startswith((LINK, REF))]


def many(count: int) -> Iterator[tuple[bytes, bytes]]:
    """As many rows as asked for, each under a key of its own: three a link."""
    rows = made()
    for number in range(count):
        key, value = rows[number % len(rows)]
        yield key + b"#%07d" % (number // len(rows)), value


def fill(room: Room, count: int) -> int:
    """Write the rows into the room's changelog; their bytes."""
    producer = Producer(
        {
            "bootstrap.servers": room.servers.kafka,
            "compression.type": "zstd",
            "linger.ms": 20,
            "batch.size": 1_000_000,
            "queue.buffering.max.messages": 50_000,
        }
    )
    topic, size = room.topics.name("worker-state-changelog"), 0
    for key, value in many(count):
        size += len(key) + len(value)
        while True:
            try:
                producer.produce(topic, value, key, partition=0)
                break
            except BufferError:
                producer.poll(0.1)
    if producer.flush(60):
        raise RuntimeError(f"{topic} did not take its rows within a minute")
    return size
