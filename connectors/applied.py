"""What the sink remembers of each link: the attempt it began and the last result, whole."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from connectors.log.log import Binding, Cluster
from connectors.mirror import Mirror
from connectors.publisher import Publisher
from connectors.wire import Wire
from schemas.records import Applied, Result, Trying


class Memory:
    """A mirror of `applied.<system>`: held like the shadow, so that a takeover reads nothing anew."""

    def __init__(self, system: str, folder: Path, binding: Binding, cluster: Cluster, wire: Wire) -> None:
        self._system = system
        self._wire = wire
        self.mirror = Mirror(folder, binding, cluster)

    def get(self, link_id: str) -> Applied | None:
        """Return what is remembered of a link."""
        value = self.mirror.get(link_id)
        return None if value is None else self._decode(value)

    def all(self) -> Iterator[Applied]:
        """Walk everything the topic has shown."""
        for link_id in self.mirror.keys(""):
            memory = self.get(link_id)
            if memory is not None:
                yield memory

    async def note(self, publisher: Publisher, link_id: str, trying: Trying) -> None:
        """Remember that an attempt begins; done with its ack, only then may the attempt go."""
        before = self.get(link_id)
        await self._store(publisher, Applied(link_id, trying, before.result if before is not None else None))

    async def keep(self, publisher: Publisher, link_id: str, result: Result) -> None:
        """Remember a result, beside the attempt it ends."""
        before = self.get(link_id)
        await self._store(publisher, Applied(link_id, before.trying if before is not None else None, result))

    async def _store(self, publisher: Publisher, memory: Applied) -> None:
        value, ack = publisher.applied(self._system, memory)
        await asyncio.gather(self.mirror.publish(memory.link_id, value, ack))

    def _decode(self, value: bytes) -> Applied:
        found = self._wire.decode(value)
        if not isinstance(found, Applied):
            raise TypeError(
                f"applied.{self._system} holds a {type(found).__name__}, expected what a sink remembers"
            )
        return found
