"""What sync says to connectors: which gates are open, and how far it has come. Unknown is closed."""

import asyncio
from typing import Any

import simplejson

from connectors.log.log import Cluster, Place
from connectors.missing import Asked
from connectors.wire import Wire
from schemas.records import Command, Control


class ControlView:
    """The topic `control`, read to its head before anything acts and followed from then on."""

    def __init__(self, topic: str, tenant: str, cluster: Cluster, wire: Wire) -> None:
        self._place: Place = (topic, 0)
        self._tenant = tenant
        self._cluster = cluster
        self._wire = wire
        self._held: dict[str, Any] = {}
        self._tail = cluster.tail({self._place: None})
        self._moved = asyncio.Condition()

    async def at_head(self) -> None:
        """Wait until everything is read that stood there when this was called; `follow` must be running."""
        end = (await self._cluster.ends([self._place]))[self._place]
        async with self._moved:
            await self._moved.wait_for(lambda: self._tail.position[self._place] >= end)

    async def follow(self) -> None:
        """Read on for ever."""
        try:
            while True:
                await self._take()
        finally:
            await self._tail.close()

    def open_for(self, command: Command) -> bool:
        """Tell whether a command may be written now: neither its direction nor its link is closed."""
        return self._is_open(command.flow, command.system) and not self._is_paused(command.link_id)

    def _is_open(self, flow: str, system: str) -> bool:
        """None is while sync is catching up."""
        back = self.get("catching_up")
        if isinstance(back, dict) and back.get("state") != "over":
            return False
        gate = self.get(f"gate|{flow}|to-{system}")
        return isinstance(gate, dict) and gate.get("state") == "open"

    def _is_paused(self, link_id: str) -> bool:
        link = self.get(f"link|{link_id}")
        return isinstance(link, dict) and link.get("state") == "paused"

    def asked(self, system: str, entity: str) -> Asked | None:
        """Return what a person last wanted of the whole readings of a source."""
        found = self.get(f"backfill|{system}|{entity}")
        return Asked(str(found["id"]), str(found["wanted"])) if isinstance(found, dict) else None

    def judged(self, system: str, entity: str) -> Asked | None:
        """Return what a person last said of records missing from a source."""
        found = self.get(f"missing|{system}|{entity}")
        return Asked(str(found["id"]), str(found["wanted"])) if isinstance(found, dict) else None

    def get(self, name: str) -> Any:
        """Return the tenant's JSON under a name."""
        return self._held.get(f"{self._tenant}|{name}")

    def positions(self) -> dict[str, int]:
        """Return how far intake has read each partition, and sync its log (under `sync.in`)."""
        progress = self.get("progress")
        if not isinstance(progress, dict):
            return {}
        found = {str(k): int(v) for k, v in (progress.get("positions") or {}).items()}
        return found | {"sync.in": int(progress.get("sync_in") or 0)}

    async def _take(self) -> None:
        for raw in await self._tail.poll():
            record = None if raw.value is None else self._wire.decode(raw.value)
            if isinstance(record, Control):
                self._held[record.key] = simplejson.loads(record.json)
            else:
                self._held.pop(raw.key, None)
        async with self._moved:
            self._moved.notify_all()
