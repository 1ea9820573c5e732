"""Restores a wiped state from its changelog, in a process of its own: `python -m bench.restoring '{…}'`."""

import resource
import sys
import time
from pathlib import Path

import msgspec
from confluent_kafka.admin import AdminClient
from faust.stores.rocksdb import RocksDBOptions
from msgspec import Struct

from bench.domain_time import config
from streams import cluster
from streams.app import ROCKS
from streams.domain.bare import reader
from streams.restore import Source, restore
from streams.rows import OWN, Rows


class Told(Struct, frozen=True):
    """Which changelog, and where its rows go."""

    bootstrap: str
    changelog: str
    folder: str


class Restored(Struct, frozen=True):
    """What it took by the clock and in processor time, and what is there now.

    Megabytes are those the process held at most.
    """

    seconds: float
    cpu: float
    records: int
    rows: int
    megabytes: float


def work(told: Told) -> Restored:
    """Restore as a worker does when its local state is gone."""
    facts = cluster.describe(AdminClient({"bootstrap.servers": told.bootstrap}), [told.changelog])
    source = Source(
        bootstrap=told.bootstrap,
        topic=told.changelog,
        topic_id=facts[told.changelog].id,
        partition=0,
        index_entries=reader(config()),
        index_version="bench",
        deadline_s=600.0,
        abandoned=lambda: False,
        keep_s=86_400.0,
    )
    options = {name: value for name, value in ROCKS.items() if name != "driver"}
    rows = Rows(Path(told.folder), RocksDBOptions(**options, use_rocksdict=True).as_options())
    began, worked = time.perf_counter(), time.process_time()
    records = restore(rows, source)
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    count = sum(1 for _ in rows.items(OWN + b"\xff"))
    rows.close()
    return Restored(seconds, cpu, records, count, peak)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(work(msgspec.json.decode(sys.argv[1], type=Told))))
