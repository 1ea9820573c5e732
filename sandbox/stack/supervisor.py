"""Holds the children of one sandbox: starts, stops and restarts them by name, and keeps the manifest true."""

import asyncio
from collections.abc import Callable
from typing import Any

from sandbox.stack import identity, manifest
from sandbox.stack.child import Child
from sandbox.stack.members import leave_groups
from sandbox.stack.plan import SYSTEMS, Plan, Spec, spec
from sandbox.stack.probe import wait_ready

_START_S = 60.0
# What stands on what: the last are ended first.
_GROUND = ("kafka",)
_FLOOR = ("registry", *SYSTEMS)


class Supervisor:
    """All processes of one sandbox. One request at a time changes a process."""

    def __init__(self, plan: Plan, make: Callable[[Plan, str], Spec] = spec) -> None:
        self.plan = plan
        self._make = make
        self.children: dict[str, Child] = {}
        self._state = "starting"
        self._turn: dict[str, asyncio.Lock] = {}

    def say(self, state: str) -> None:
        """Write the manifest with a new state."""
        self._state = state
        self._write()

    def rows(self) -> list[dict[str, Any]]:
        """Every process and whether it runs."""
        return [
            {
                "name": name,
                "state": _state(child),
                "pid": child.pid,
                "restarts": child.ends,
                "log": str(child.log),
            }
            for name, child in sorted(self.children.items())
        ]

    def row(self, name: str) -> dict[str, Any]:
        return next(row for row in self.rows() if row["name"] == name)

    async def launch(self, name: str) -> Child:
        """Start the process, known or new, without waiting until it is ready."""
        child = self.children.get(name) or await self._new(name)
        await child.start()
        return child

    async def start(self, name: str) -> None:
        """Start the process and return once it is ready."""
        async with self._alone(name):
            child = await self.launch(name)
            await wait_ready(child, asyncio.get_running_loop().time() + _START_S)

    async def stop(self, name: str) -> None:
        """Stop a known process for good, and make it leave its consumer group."""
        async with self._alone(name):
            await self._stop(name)

    async def restart(self, name: str) -> None:
        """Stop and start with the same ports and folders."""
        async with self._alone(name):
            await self._stop(name)
            child = await self.launch(name)
            await wait_ready(child, asyncio.get_running_loop().time() + _START_S)

    async def shutdown(self) -> None:
        """Stop everything, what stands on others first."""
        self._state = "stopping"
        top = [name for name in self.children if name not in (*_FLOOR, *_GROUND)]
        for storey in (top, _FLOOR, _GROUND):
            await asyncio.gather(*(self.children[name].stop() for name in storey if name in self.children))
        manifest.remove(self.plan)

    async def _stop(self, name: str) -> None:
        await self.children[name].stop()
        if name not in (*_FLOOR, *_GROUND):
            await leave_groups(self.plan.broker().bootstrap, name)

    async def _new(self, name: str) -> Child:
        made = await asyncio.to_thread(self._make, self.plan, name)
        identity.save(self.plan.layout, self.plan.identity)
        child = Child(made, self.plan.layout.log(name), self.plan.layout.root, self._write)
        self.children[name] = child
        return child

    def _alone(self, name: str) -> asyncio.Lock:
        return self._turn.setdefault(name, asyncio.Lock())

    def _write(self) -> None:
        if self._state != "stopping":
            pids = {name: child.pid for name, child in self.children.items() if child.pid is not None}
            manifest.write(self.plan, self._state, pids)


def _state(child: Child) -> str:
    if child.pid is not None:
        return "running"
    return "restarting" if child.wanted else "stopped"
