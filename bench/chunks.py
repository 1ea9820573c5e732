"""Whole chunks beside a plain Faust agent: events a second, and the time from append to visible output.

python -m bench.chunks [EVENTS]
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition

import sandbox.kafka
from bench import chunks_processes
from tests.chaos.worker_room import Room, numbers

WARM = 0.2


def spawn(here: Room, worker: str, domain: str) -> subprocess.Popen[bytes]:
    (here.folder / worker).mkdir(exist_ok=True)
    told = {
        "bootstrap": here.kafka,
        "prefix": here.prefix,
        "state_dir": str(here.folder / worker),
        "worker": worker,
        "domain": domain,
    }
    with (here.folder / f"{worker}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, chunks_processes.__file__, json.dumps(told)], stdout=log, stderr=log
        )
    here.running.append(process)
    return process


def throughput(kafka: str, worker: str, domain: str, events: int) -> float:
    """Events a second by the committed offset, from the first fifth on, when the worker is warm."""
    here = Room(kafka, f"b{uuid.uuid4().hex[:8]}.", Path(tempfile.mkdtemp()))
    here.create()
    here.feed(numbers(events, events))
    process = spawn(here, worker, domain)
    begun: tuple[float, int] | None = None
    while (done := here.committed()) < events:
        if process.poll() is not None:
            raise RuntimeError(here.said(worker))
        if begun is None and done > events * WARM:
            begun = time.monotonic(), done
        time.sleep(0.05)
    here.end()
    if begun is None:
        raise RuntimeError("too few events to measure")
    return (events - begun[1]) / (time.monotonic() - begun[0])


def latency(kafka: str, worker: str, per_second: int, seconds: int) -> dict[str, float]:
    """Milliseconds from append to a read-committed reader, at a steady low rate."""
    here = Room(kafka, f"b{uuid.uuid4().hex[:8]}.", Path(tempfile.mkdtemp()))
    here.create()
    spawn(here, worker, "copy")
    here.feed([b"warm0000"])
    here.read(here.out, 1)
    sent: dict[bytes, float] = {}
    feeder = threading.Thread(target=_feed, args=(here, sent, per_second, seconds))
    feeder.start()
    taken = _take(here, sent, per_second * seconds)
    feeder.join()
    here.end()
    cuts = statistics.quantiles(taken, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(taken)}


def _feed(here: Room, sent: dict[bytes, float], per_second: int, seconds: int) -> None:
    producer = Producer({"bootstrap.servers": here.kafka, "linger.ms": 0})
    begun = time.monotonic()
    for number in range(per_second * seconds):
        value = b"%08d" % number
        sent[value] = time.monotonic()
        producer.produce(here.log, value, b"t", partition=0)
        while (left := begun + (number + 1) / per_second - time.monotonic()) > 0:
            producer.poll(left)
    producer.flush()


def _take(here: Room, sent: dict[bytes, float], count: int) -> list[float]:
    consumer = Consumer(
        {
            "bootstrap.servers": here.kafka,
            "group.id": "latency",
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "fetch.wait.max.ms": 100,
        }
    )
    consumer.assign([TopicPartition(here.out, partition, 0) for partition in range(2)])
    taken: list[float] = []
    while len(taken) < count:
        message = consumer.poll(1)
        if message is not None and not message.error() and message.value() in sent:
            taken.append((time.monotonic() - sent[message.value()]) * 1000)
    consumer.close()
    return taken


def main(events: int) -> None:
    broker, process = sandbox.kafka.start(Path(tempfile.mkdtemp()))
    try:
        for domain in ("nothing", "copy"):
            for worker in ("chunks", "plain"):
                rate = throughput(
                    broker.bootstrap, worker, domain, events if worker == "chunks" else events // 10
                )
                print(f"{worker:7} {domain:8} {rate:10,.0f} events/s", flush=True)
        for worker in ("chunks", "plain"):
            for rate in (20, 200):
                figures = latency(broker.bootstrap, worker, rate, 10)
                shown = " ".join(f"{name} {value:6.1f}" for name, value in figures.items())
                print(f"{worker:7} {rate:4}/s latency ms: {shown}", flush=True)
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
