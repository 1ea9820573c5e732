"""The last published version of every record of a system: what the poller compares with, and nothing else.

It is a mirror of the poller's own change topics. A version of an older epoch after a newer one was written by
a connector that had lost its lease: readers of the compacted topic would keep it for ever, so what stood there
before is published again.
"""

from collections.abc import Awaitable, Iterator, Sequence
from pathlib import Path

from connectors.log.log import Binding, Cluster, Placed, Raw
from connectors.mirror import Mirror
from connectors.publisher import Publisher, topic_of
from connectors.wire import Wire
from schemas.records import Change


class Shadow:
    """Versions by ref. Reading it is cheap enough for a page of records, not for a whole entity at once."""

    def __init__(self, folder: Path, binding: Binding, cluster: Cluster, wire: Wire) -> None:
        self._wire = wire
        self._usurped: dict[str, tuple[Change, int]] = {}
        self.mirror = Mirror(folder, binding, cluster, self._meet)

    def get(self, ref: str) -> Change | None:
        """Return the version published last; one with op `d` says the record is gone."""
        value = self.mirror.get(ref)
        return None if value is None else self._decode(ref, value)

    def read_at(self, ref: str) -> int:
        """Return when that version was read; 0 if there is none."""
        held = self.get(ref)
        return 0 if held is None else held.source.read_at

    def refs(self, system: str, entity: str, after: str = "") -> Iterator[str]:
        """Walk the refs of an entity in their order, from behind one of them."""
        return self.mirror.keys(f"{system}:{entity}:", after)

    def publish(self, publisher: Publisher, changes: Sequence[Change]) -> list[Awaitable[Placed]]:
        """Publish versions and hold them at once; await what is returned for their acks."""
        acks: list[Awaitable[Placed]] = []
        for change in changes:
            value, ack = publisher.change(change)
            acks.append(self.mirror.publish(change.ref, value, ack))
        return acks

    def usurped(self) -> list[tuple[Change, int]]:
        """Return, once, what an older epoch has overwritten: the right version, and the number of the wrong one."""
        found, self._usurped = list(self._usurped.values()), {}
        return found

    def _meet(self, raw: Raw, held: bytes | None) -> None:
        if raw.value is None:
            return
        met = self._decode(raw.key, raw.value)
        before = self._usurped.get(raw.key, (None, 0))[0]
        if before is None and held is not None:
            before = self._decode(raw.key, held)
        if before is not None and met.source.epoch < before.source.epoch:
            self._usurped[raw.key] = (before, met.version)
        else:
            self._usurped.pop(raw.key, None)

    def _decode(self, ref: str, value: bytes) -> Change:
        change = self._wire.decode(value)
        if not isinstance(change, Change):
            raise TypeError(f"{topic_of(ref)} holds a {type(change).__name__} under {ref}, expected a change")
        return change
