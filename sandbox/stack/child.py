"""One supervised process: started, restarted whenever it ends by itself, stopped for good when told."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from pathlib import Path

from sandbox.bound import die_with_parent
from sandbox.stack.plan import Spec

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 1.5
_HEALTHY_AFTER_S = 5.0


class Child:
    """Keeps one process running until told to stop.

    Use it in the main thread's loop only: the kernel ties the process to the thread that forked it.
    """

    def __init__(self, spec: Spec, log: Path, cwd: Path, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.log = log
        self.ends = 0
        self._cwd = cwd
        self._changed = changed
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The running process, or None while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def wanted(self) -> bool:
        return self._keeper is not None

    async def start(self) -> None:
        """Start it, unless it is being kept running already."""
        if self._keeper is None:
            self.ends = 0
            self._process = await self._spawn()
            self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.spec.name}")
            self._changed()

    async def stop(self) -> None:
        """End it (SIGTERM, then SIGKILL) with whatever it started, and leave it ended."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        if self._process is not None:
            await _end(self._process, self.spec.patience)
        self._changed()

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        pause = _FIRST_PAUSE_S
        while True:
            began = loop.time()
            if self._process is not None:
                await self._process.wait()
            self.ends += 1
            self._changed()
            quick = loop.time() - began < _HEALTHY_AFTER_S
            pause = min(pause * 2, _LONGEST_PAUSE_S) if quick else _FIRST_PAUSE_S
            await asyncio.sleep(pause)
            with contextlib.suppress(OSError):  # its program may be missing while it is installed anew
                self._process = await self._spawn()
                self._changed()

    async def _spawn(self) -> Process:
        with self.log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *self.spec.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.spec.env},
                cwd=self._cwd,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )


async def _end(process: Process, patience: float) -> None:
    """The group is signalled, not only its leader: nothing it started stays."""
    if process.returncode is None:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience)
    if process.returncode is None:
        _signal(process.pid, signal.SIGKILL)
        await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
