"""A worker that is killed or put to sleep loses nothing, doubles nothing and never writes over its successor."""

import random
import signal
import subprocess
from pathlib import Path

import pytest
from rocksdict import Options

from streams.rows import CHECKPOINT, STAMP, Rows
from tests.chaos.worker_room import Room, numbers, room, sent, stop

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]

INPUTS, KEYS = 60_000, 5_000


def check_exact(here: Room) -> None:
    """Every input was sent on once, and every row counts exactly its inputs."""
    once = sent(here.read(here.out))
    rows = here.rows()

    assert len(once) == INPUTS
    assert set(once.values()) == {1}
    assert {rows[b"t|n|%08d" % key][:10] for key in range(KEYS)} == {b"%010d" % (INPUTS // KEYS)}


def local_rows(folder: Path) -> dict[bytes, bytes]:
    options = Options(raw_mode=True)
    rows = Rows(next(folder.glob("**/state-0.db")), options)
    found = dict(rows.items())
    rows.close()
    return found


def test_kill_nine(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """After kill -9 at random places every input is sent on exactly once and rows equal their changelog."""
    chance = random.Random(7)
    with room(kafka, topic_prefix, tmp_path) as here:
        values = [*numbers(INPUTS, KEYS)]
        here.feed(values[: INPUTS * 7 // 8])
        for part in range(1, 7):
            worker = here.spawn()
            here.read(here.out, chance.randrange(INPUTS * part // 8, INPUTS * (part + 1) // 8))
            worker.kill()
            worker.wait()
        here.feed(
            values[INPUTS * 7 // 8 :]
        )  # so the last one has something left to do, and is told to stop at work
        worker = here.spawn()
        here.read(here.out, INPUTS)

        assert stop(worker) == 0
        check_exact(here)
        local = local_rows(tmp_path / "w0")
        shared = {key: value for key, value in local.items() if b"|x:" not in key and key != STAMP}
        assert shared == here.rows()
        assert here.committed() == INPUTS
        assert CHECKPOINT in local
        assert sum(key.startswith(b"t|x:count|") for key in local) == KEYS


def test_asleep_through_its_session(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A worker stopped in the middle of its work is fenced when it wakes: its successor's rows and outputs stay."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(INPUTS, KEYS))
        sleeper = here.spawn("w0")
        here.read(here.out, INPUTS // 4)
        sleeper.send_signal(signal.SIGSTOP)
        successor = here.spawn("w1")
        here.read(here.out, INPUTS)
        before = here.rows()
        sleeper.send_signal(signal.SIGCONT)

        assert sleeper.wait(30) == 3
        assert "could not be made durable" in here.said("w0")
        assert stop(successor) == 0
        check_exact(here)
        assert here.rows() == before


def test_asleep_with_nothing_to_do(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A worker that slept while idle joins again when it wakes, or ends as fenced: nothing is done twice, all goes on."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(500, 50))
        sleeper = here.spawn("w0")
        here.read(here.out, 500)
        sleeper.send_signal(signal.SIGSTOP)
        successor = here.spawn("w1")
        here.feed(numbers(500, 50))
        here.read(here.out, 1_000)
        sleeper.send_signal(signal.SIGCONT)
        # Whether it reads before it hears that it is out of the group is chance: then its batch is refused.
        ended = fenced(sleeper)
        heir = here.spawn("w2") if ended else sleeper
        successor.kill()
        successor.wait()
        here.feed(numbers(500, 50))
        outputs = here.read(here.out, 1_500)

        assert stop(heir) == 0
        assert set(sent(outputs).values()) == {1}
        assert {row[:10] for key, row in here.rows().items() if b"|n|" in key} == {b"%010d" % 30}


def fenced(sleeper: subprocess.Popen[bytes]) -> bool:
    """Whether a worker that woke has ended, as its supervisor would see it."""
    try:
        code = sleeper.wait(10)
    except subprocess.TimeoutExpired:
        return False
    assert code == 3
    return True
