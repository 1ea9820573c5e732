"""`tandem sandbox` against the supervisor itself, over its unix socket."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from ops.health import QuietServer
from sandbox.stack import identity
from sandbox.stack.control import control
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from sandbox.stack.plan import Plan, Spec
from sandbox.stack.supervisor import Supervisor
from tests.contract.cli_worker import Run


def serving(plan: Plan, name: str) -> Spec:
    """A process that answers on its port and does nothing else. Only `crm` and workers have one."""
    if name != "crm" and not name.startswith("worker-"):
        raise KeyError(name)
    port = str(plan.identity.port(name))
    command = (
        sys.executable,
        "-m",
        "http.server",
        port,
        "--bind",
        "127.0.0.1",
        "--directory",
        str(plan.layout.logs),
    )
    return Spec(name, command, plan.url(name))


@pytest.fixture
async def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    """A running sandbox of one process around the working folder."""
    layout = Layout(tmp_path)
    layout.make()
    found = Supervisor(Plan(layout, Options(), identity.load(layout)), serving)
    server = QuietServer(
        uvicorn.Config(control(found, asyncio.Event()), uds=str(layout.socket), log_config=None)
    )
    serve = asyncio.create_task(server.serve())
    await found.start("crm")
    found.say("ready")
    monkeypatch.chdir(tmp_path)
    yield found
    server.should_exit = True
    await serve
    await found.shutdown()


async def test_processes_are_listed(supervisor: Supervisor, run: Run) -> None:
    """Every process is listed with its state."""
    code, out, _ = await asyncio.to_thread(run, "sandbox", "list")

    assert (code, [(row["name"], row["state"]) for row in out["processes"]]) == (0, [("crm", "running")])


async def test_a_process_is_stopped_and_started(supervisor: Supervisor, run: Run) -> None:
    """Stop leaves it stopped, start brings it back under another pid."""
    before = supervisor.row("crm")["pid"]

    code, stopped, _ = await asyncio.to_thread(run, "sandbox", "stop", "crm")
    assert (code, stopped["pid"]) == (0, None)

    code, started, _ = await asyncio.to_thread(run, "sandbox", "start", "crm")
    assert code == 0
    assert started["pid"] not in {None, before}


async def test_a_worker_can_be_added(supervisor: Supervisor, run: Run) -> None:
    """Starting a worker that was not there adds it."""
    code, out, _ = await asyncio.to_thread(run, "sandbox", "start", "worker-3")

    assert (code, out["name"]) == (0, "worker-3")


async def test_an_unknown_process_is_exit_2(supervisor: Supervisor, run: Run) -> None:
    """A process that is not there is a slip: the ones that are there are named."""
    code, out, err = await asyncio.to_thread(run, "sandbox", "stop", "erp")

    assert (code, out) == (2, None)
    assert err["error"]["message"] == "no process is called erp; there are crm"


def test_without_a_sandbox_it_is_exit_4(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a checkout with a sandbox it says how to start one."""
    monkeypatch.chdir(tmp_path)

    code, _, err = run("sandbox", "list")

    assert (code, err["error"]["cure"]) == (4, "start it with `make up`")


def test_a_sandbox_that_was_killed_is_exit_4(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox file without a supervisor behind it does not hang."""
    (tmp_path / ".tandem").mkdir()
    (tmp_path / ".tandem" / "sandbox.json").write_text('{"env_file": "env", "state": "ready"}')
    monkeypatch.chdir(tmp_path)

    code, _, err = run("sandbox", "list")

    assert (code, err["error"]["code"]) == (4, "sandbox")
