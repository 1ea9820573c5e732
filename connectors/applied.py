"""What the sink remembers of each link: the attempt it began and the last result, whole."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors import replacing
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
        self._noted: dict[str, str] = {}
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

    async def forget_note(self, publisher: Publisher, link_id: str) -> None:
        """Close the note of a record that was to be made anew and is there."""
        held = self.get(link_id)
        if held is not None and held.trying is not None:
            trying = msgspec.structs.replace(held.trying, whole=None)
            await self._store(publisher, Applied(link_id, trying, held.result))

    def mark(self, memory: Applied) -> None:
        """Know which record is noted to be made anew, so that whoever misses it can ask."""
        whole = replacing.open_note(memory)
        if whole is None:
            self._noted.pop(memory.link_id, None)
        else:
            self._noted[memory.link_id] = replacing.named(whole)

    def noting(self, ref: str) -> str | None:
        """Return the link that is making a record anew, if any of those marked does."""
        number = ref.split(":", 2)[2]
        return next((link_id for link_id, noted in self._noted.items() if noted == number), None)

    async def _store(self, publisher: Publisher, memory: Applied) -> None:
        self.mark(memory)
        value, ack = publisher.applied(self._system, memory)
        await asyncio.gather(self.mirror.publish(memory.link_id, value, ack))

    def _decode(self, value: bytes) -> Applied:
        found = self._wire.decode(value)
        if not isinstance(found, Applied):
            raise TypeError(
                f"applied.{self._system} holds a {type(found).__name__}, expected what a sink remembers"
            )
        return found
