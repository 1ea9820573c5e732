"""`tandem sandbox`: single processes of the sandbox that runs in this checkout."""

from pathlib import Path
from typing import Any

import click
import httpx

from ops.checkout import Sandbox, find_sandbox
from ops.cli.grammar import Group
from ops.cli.output import Reply
from ops.errors import Mistake, Negative, Unreached

# Stopping waits until a process has left its consumer group.
TIMEOUT_S = 60.0


@click.group(cls=Group)
def sandbox() -> None:
    """Processes of the sandbox that runs in this checkout."""


@sandbox.command("list")
def list_() -> Reply:
    """The processes and whether they run."""
    return Reply({"processes": _rows()})


@sandbox.command("stop")
@click.argument("process")
def stop(process: str) -> Reply:
    """Stop PROCESS; it stays stopped."""
    return Reply(_call("POST", f"/processes/{process}/stop"))


@sandbox.command("start")
@click.argument("process")
def start(process: str) -> Reply:
    """Start PROCESS again, or a new `worker-N`."""
    return Reply(_call("POST", f"/processes/{process}/start"))


@sandbox.command("restart")
@click.argument("process")
def restart(process: str) -> Reply:
    """Stop PROCESS and start it."""
    return Reply(_call("POST", f"/processes/{process}/restart"))


def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _call("GET", "/processes")["processes"]
    return sorted(rows, key=lambda row: str(row["name"]))


def _call(method: str, path: str) -> Any:
    running = find_sandbox(Path.cwd())
    if running is None:
        raise _not_running(".tandem/sandbox.json", "no sandbox runs in this checkout")
    try:
        with httpx.Client(transport=httpx.HTTPTransport(uds=_short(running)), timeout=TIMEOUT_S) as client:
            response = client.request(method, f"http://sandbox{path}")
    except httpx.TransportError as error:
        raise _not_running(
            str(running.socket), f"the sandbox's supervisor does not answer: {error}"
        ) from error
    if response.status_code == httpx.codes.NOT_FOUND:
        known = ", ".join(row["name"] for row in _rows())
        raise Mistake(
            "no_process",
            f"no process is called {path.split('/')[2]}; there are {known}",
            where="tandem sandbox",
            cure="take one of these; only worker-0 … worker-999 can be added, with `start`",
        )
    if response.is_error:
        raise _refused(response)
    return response.json()


def _short(running: Sandbox) -> str:
    """The socket's path; the kernel takes at most 107 bytes, which a path from here may keep to."""
    path = running.socket
    beside = Path.cwd()
    if len(str(path)) <= 107 or not path.is_relative_to(beside):
        return str(path)
    return str(path.relative_to(beside))


def _not_running(where: str, message: str) -> Unreached:
    return Unreached("sandbox", message, where=where, cure="start it with `make up`")


def _refused(response: httpx.Response) -> Negative:
    try:
        content = response.json()
        detail = content.get("error", content)
        message = detail.get("message", str(detail)) if isinstance(detail, dict) else str(detail)
    except ValueError:
        message = response.text.strip()
    cure = "read its log: `tandem sandbox list` names the file"
    return Negative("process", message, where="tandem sandbox", cure=cure)
