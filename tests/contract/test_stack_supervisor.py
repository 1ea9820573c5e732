"""The supervisor keeps processes running, leaves stopped ones stopped, and takes all of them with it."""

import asyncio
import functools
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import stamina

from sandbox.stack import identity
from sandbox.stack.child import Child
from sandbox.stack.client import read_manifest
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from sandbox.stack.plan import Plan, Spec
from sandbox.stack.supervisor import Supervisor

patiently = functools.partial(
    stamina.retry_context, on=AssertionError, attempts=None, wait_initial=0.02, wait_max=0.05
)


def idle(plan: Plan, name: str) -> Spec:
    """A process that does nothing."""
    return Spec(name, (sys.executable, "-c", "import signal; signal.pause()"), plan.url(name))


def parent(plan: Plan, name: str) -> Spec:
    """A process that does nothing but hold a child of its own."""
    code = "import signal, subprocess; subprocess.Popen(['sleep', '20']); signal.pause()"
    return Spec(name, (sys.executable, "-c", code), plan.url(name))


def plan(root: Path) -> Plan:
    layout = Layout(root)
    layout.make()
    return Plan(layout, Options(), identity.load(layout))


@pytest.fixture
async def supervisor(tmp_path: Path) -> AsyncIterator[Supervisor]:
    """A supervisor in a folder of its own."""
    found = Supervisor(plan(tmp_path), parent)
    found.say("ready")
    yield found
    await found.shutdown()


async def test_a_killed_process_is_back_within_two_seconds(supervisor: Supervisor) -> None:
    """After kill -9 another process runs under the same name, and the manifest names its pid."""
    child = await supervisor.launch("crm")
    killed = pid(child)
    os.kill(killed, signal.SIGKILL)

    async for attempt in patiently(timeout=2):
        with attempt:
            assert child.pid not in {None, killed}
    assert read_manifest(supervisor.plan.layout)["pids"] == {"crm": child.pid}


async def test_a_stopped_process_stays_stopped(supervisor: Supervisor) -> None:
    """After `stop` the process and its own children are gone, and nothing would start it again."""
    child = await supervisor.launch("crm")
    process = psutil.Process(pid(child))
    async for attempt in patiently(timeout=10):
        with attempt:
            assert len(process.children()) == 1
    family = [process, *process.children()]
    await supervisor.stop("crm")

    assert psutil.wait_procs(family, timeout=2)[1] == []
    assert (child.pid, child.wanted) == (None, False)
    assert supervisor.row("crm")["state"] == "stopped"
    assert read_manifest(supervisor.plan.layout)["pids"] == {}


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    """The kernel ends every child of a supervisor that was killed with -9."""
    command = [sys.executable, __file__, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        children = [psutil.Process(int(process.stdout.readline())) for _ in range(2)]
        process.kill()

    assert psutil.wait_procs(children, timeout=5)[1] == []


def pid(child: Child) -> int:
    assert child.pid is not None
    return child.pid


async def _supervise(root: Path) -> None:
    """What the last test kills: a supervisor that tells its children's pids and stays."""
    found = Supervisor(plan(root), idle)
    for name in ("crm", "invoiced"):
        print(pid(await found.launch(name)), flush=True)  # noqa: T201 - read by the test
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_supervise(Path(sys.argv[1])))
