"""A sandbox that is still coming up goes away with whoever asked for it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import stamina

from sandbox.stack import client, tenure
from sandbox.stack.layout import Layout

pytestmark = pytest.mark.kafka


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A checkout's folders, with nothing left running."""
    yield Layout(tmp_path)
    client.down(Layout(tmp_path))


def test_nothing_is_left_when_make_up_is_killed_half_way(layout: Layout) -> None:
    """After kill -9 of `up` once Kafka answers, the supervisor takes Kafka and all else down and leaves."""
    command = [sys.executable, "-m", "sandbox.stack", "--root", str(layout.root), "up", "--seed", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "kafka answers"
        family = [psutil.Process(pid) for pid in client.read_manifest(layout)["pids"].values()]
        process.kill()

    assert len(family) == 4
    assert psutil.wait_procs(family, timeout=25)[1] == []
    for attempt in stamina.retry_context(on=AssertionError, attempts=None, timeout=5, wait_initial=0.05):
        with attempt:
            assert tenure.holder(layout.lock) is None
    assert not layout.manifest.exists()
