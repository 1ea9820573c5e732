"""A worker that cannot go on says why in one line and ends; it never goes on behind something it has not done."""

import signal
from pathlib import Path

import pytest

import sandbox.kafka
from tests.chaos.worker_room import PATIENCE_S, numbers, room, sent, stop

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


def test_topic_missing(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """Faust would ignore a missing topic for ever; we refuse to start and say what to do."""
    with room(kafka, topic_prefix, tmp_path) as here:
        worker = here.spawn(sources={f"{topic_prefix}nowhere": "t"})

        assert worker.wait(PATIENCE_S) == 1
        assert f"topics {topic_prefix}nowhere do not exist: run `tandem topics apply`" in here.said("w0")


def test_output_not_acknowledged(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """When an output cannot be delivered the process ends with 3, and nothing of that chunk is done."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(100, 100))
        worker = here.spawn()
        here.read(here.out, 100)
        before = here.rows()
        admin = here.admin()
        admin.delete_topics([here.out])[here.out].result()
        here.feed([b"00000001"])

        assert worker.wait(PATIENCE_S) == 3
        assert "a batch could not be made durable" in here.said("w0")
        assert here.rows() == before
        assert here.committed() == 100


def test_not_moving(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A fold that never ends blocks the loop: the watchdog ends the process."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed([b"00000001", b"block"])
        worker = here.spawn(stall_timeout_s=3.0)

        assert worker.wait(PATIENCE_S) == 3
        assert "the event loop is blocked" in here.said("w0")


def test_killed_in_a_transaction(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """Killed while it holds an open transaction, a worker does not hold up its successor or the readers."""
    with room(kafka, topic_prefix, tmp_path) as here:
        here.feed(numbers(20_000, 500))
        worker = here.spawn()
        here.read(here.out, 1_000)
        worker.kill()
        worker.wait()
        successor = here.spawn("w0")
        outputs = here.read(here.out, 20_000)

        assert stop(successor) == 0
        assert set(sent(outputs).values()) == {1}


def test_broker_frozen(topic_prefix: str, tmp_path: Path) -> None:
    """With a broker that answers no more the worker ends with 3; once it answers, nothing is missing or double."""
    broker, process = sandbox.kafka.start(tmp_path)
    try:
        with room(broker.bootstrap, topic_prefix, tmp_path) as here:
            here.feed(numbers(60_000, 500))
            worker = here.spawn(transaction_timeout_s=4.0)
            here.read(here.out, 2_000)
            process.send_signal(signal.SIGSTOP)

            assert worker.wait(PATIENCE_S) == 3
            assert "a batch could not be made durable" in here.said("w0")
            process.send_signal(signal.SIGCONT)
            successor = here.spawn()
            outputs = here.read(here.out, 60_000)
            assert stop(successor) == 0
            assert set(sent(outputs).values()) == {1}
            assert {row[:10] for key, row in here.rows().items() if b"|n|" in key} == {b"%010d" % 120}
    finally:
        process.kill()
        process.wait()
