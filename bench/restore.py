"""How long a worker without local state needs until it has it back."""

import statistics
import subprocess
import sys
from collections.abc import Iterator

import msgspec

from bench.changelog import fill
from bench.embedded import Servers
from bench.expect import expect
from bench.restoring import Restored, Told
from bench.room import Room


def restored(servers: Servers, rows: int, runs: int) -> tuple[list[Restored], int]:
    """Every run from an empty folder; also the bytes of the rows."""
    room = Room(servers)
    size = fill(room, rows)
    found = list(_runs(room, runs))
    room.close()
    for each in found:
        expect("records read", rows, each.records)
        expect("rows restored", rows, each.rows)
    return found, size


def _runs(room: Room, runs: int) -> Iterator[Restored]:
    for run in range(runs):
        folder = room.servers.folder / f"{room.topics.prefix}restored-{run}"
        told = Told(room.servers.kafka, room.topics.name("worker-state-changelog"), str(folder))
        command = [sys.executable, "-m", "bench.restoring", msgspec.json.encode(told).decode()]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the restore ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        yield msgspec.json.decode(done.stdout, type=Restored)


def median_seconds(found: list[Restored]) -> float:
    return statistics.median(each.seconds for each in found)


def median_cpu(found: list[Restored]) -> float:
    """Seconds of processor time, merging in the background included as far as it went meanwhile."""
    return statistics.median(each.cpu for each in found)
