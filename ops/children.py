"""Runs processes side by side: they start together, and when one ends or a signal comes, all end."""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import structlog
from msgspec import Struct

PATIENCE_S = 20.0
log = structlog.get_logger(__name__)


class Child(Struct, frozen=True):
    """One process: its name, its command, and the folder that is its own."""

    name: str
    command: tuple[str, ...]
    state_dir: Path


def supervise(children: Sequence[Child]) -> int:
    """Runs them until one ends; gives its exit code, or 0 after SIGTERM or SIGINT."""
    return asyncio.run(_supervise(children))


async def _supervise(children: Sequence[Child]) -> int:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    running = {child.name: await _start(child) for child in children}
    ends = {asyncio.create_task(process.wait(), name=name) for name, process in running.items()}
    signalled = asyncio.create_task(told.wait())
    done, _ = await asyncio.wait({*ends, signalled}, return_when=asyncio.FIRST_COMPLETED)
    first = next((task for task in done if task is not signalled), None)
    if first is not None:
        log.error("process.ended", process=first.get_name(), code=first.result())
    await _stop(running)
    signalled.cancel()
    return _exit_code(first.result()) if isinstance(first, asyncio.Task) else 0


def _exit_code(code: object) -> int:
    """A child that ends unasked is a failure, even one that ends with 0 or by a signal."""
    return code if isinstance(code, int) and code > 0 else 1


async def _start(child: Child) -> asyncio.subprocess.Process:
    """Each has a state folder, a name and a free health port of its own; the rest is as it is here."""
    own = {
        "TANDEM_STATE_DIR": str(child.state_dir),
        "TANDEM_WORKER_ID": child.name,
        "TANDEM_HEALTH__PORT": "0",
    }
    return await asyncio.create_subprocess_exec(
        *child.command, env={**os.environ, **own}, start_new_session=True
    )


async def _stop(running: dict[str, asyncio.subprocess.Process]) -> None:
    """Asks all to end, and ends those that do not."""
    for process in running.values():
        if process.returncode is None:
            process.terminate()
    waiting = [process.wait() for process in running.values()]
    try:
        await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE_S)
    except TimeoutError:
        for process in running.values():
            if process.returncode is None:
                process.kill()
                await process.wait()
