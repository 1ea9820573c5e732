"""The supervisor's own process: `python -m sandbox.stack.daemon ROOT OPTIONS`, started by the client only.

stdin is a leash: until the word `keep` comes, its end takes everything down. stdout tells the way up, one
JSON object a line: `say` (a step), then `ready` or `failed`.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvicorn
from starlette.applications import Starlette

from sandbox.ready import StartError
from sandbox.stack import identity, tenure
from sandbox.stack.boot import boot
from sandbox.stack.control import control
from sandbox.stack.layout import Layout, write_private
from sandbox.stack.options import Options, OptionsError
from sandbox.stack.plan import Plan, given_in
from sandbox.stack.supervisor import Supervisor

UP_S = 160.0
KEEP = b"keep\n"


class _Server(uvicorn.Server):
    """Leaves the signals to the supervisor, which has children to end first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def tell(**line: object) -> None:
    """One line to whoever started this process, if it still listens."""
    with contextlib.suppress(BrokenPipeError, ValueError):
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
        sys.stdout.buffer.flush()


async def supervise(plan: Plan) -> int:
    """Bring everything up, stay until told to leave, take everything down."""
    leave = asyncio.Event()
    supervisor = Supervisor(plan)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, leave.set)
    background = [
        asyncio.create_task(_listen(control(supervisor, leave), _bind(plan.layout))),
        asyncio.create_task(_hold_leash(leave)),
    ]
    failed = await _up(supervisor, leave)
    if not failed:
        await leave.wait()
    await supervisor.shutdown()
    for task in background:
        task.cancel()
    if failed:
        tell(failed=failed)
    return 1 if failed else 0


async def _up(supervisor: Supervisor, leave: asyncio.Event) -> str:
    """Bring everything up unless told to leave meanwhile; returns why it failed, if it did."""
    rising = asyncio.create_task(boot(supervisor, lambda step: tell(say=step), UP_S))
    leaving = asyncio.create_task(leave.wait())
    await asyncio.wait({rising, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not rising.done():
        rising.cancel()
        await asyncio.wait({rising})
        return "told to leave before everything was up"
    try:
        await rising
    except (StartError, OptionsError, OSError) as error:
        return str(error)
    tell(ready=True)
    return ""


def _bind(layout: Layout) -> socket.socket:
    """The socket, for this user only; by its short name, as a path over 107 bytes cannot be bound."""
    layout.socket.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(layout.socket.name)
    layout.socket.chmod(0o600)
    return listener


async def _listen(app: Starlette, listener: socket.socket) -> None:
    with listener:
        config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False)
        await _Server(config).serve(sockets=[listener])


async def _hold_leash(leave: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    if await reader.readline() != KEEP:
        leave.set()


def main(root: str, options: str) -> int:
    layout = Layout(Path(root))
    os.chdir(layout.home)
    office = tenure.take(layout)
    if office is None:
        tell(failed="another sandbox of this checkout is running or just leaving: `make down` first")
        return 1
    given = given_in(os.environ, layout.root)
    plan = Plan(layout, msgspec.json.decode(options, type=Options), identity.load(layout), given)
    write_private(layout.env_file, plan.env_file().encode())
    identity.save(layout, plan.identity)
    with office:
        return asyncio.run(supervise(plan))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
