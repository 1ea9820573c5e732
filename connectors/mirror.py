"""A local copy of compacted topics: RocksDB fed only by consuming them, with our own acked writes laid over it.

Nothing is ever written here because we *mean* to publish it: a failed publish, a second writer, a lost disk
or a rebuilt cluster heal by reading the topics again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec
from rocksdict import Options, Rdict, WriteBatch

from connectors.log.log import Binding, Cluster, Place, Placed, Raw, Tail

_DATA, _META = b"d|", b"m|"
_BINDING = _META + b"binding"
Meeting = Callable[[Raw, bytes | None], None]


class Overlaid(msgspec.Struct):
    """A value we have published and not yet read back. `value` None: a tombstone."""

    value: bytes | None
    placed: Placed | None = None


class Mirror:
    """The last value of each key of some topics. `meet` is shown each record and what was held before."""

    def __init__(self, folder: Path, binding: Binding, cluster: Cluster, meet: Meeting | None = None) -> None:
        self._folder = folder
        self._binding = binding
        self._cluster = cluster
        self._meet = meet
        self._over: dict[str, Overlaid] = {}
        self._moved = asyncio.Condition()
        self._db = self._open()
        self.position: dict[Place, int] = {place: self._offset(place) or 0 for place in binding.places()}

    def get(self, key: str) -> bytes | None:
        """Return a key's present value: what we have published last, else what the topic showed last."""
        over = self._over.get(key)
        if over is not None:
            return over.value
        value: bytes | None = self._db.get(_DATA + key.encode())
        return value

    def keys(self, prefix: str, after: str = "") -> Iterator[str]:
        """Walk the keys the topics have shown, in order; our own unread writes are not among them."""
        start = _DATA + prefix.encode()
        passed = _DATA + after.encode()
        for key in self._db.keys(from_key=max(start, passed)):
            if not key.startswith(start):
                return
            if key != passed:
                yield key[len(_DATA) :].decode()

    def publish(self, key: str, value: bytes | None, ack: Awaitable[Placed]) -> Awaitable[Placed]:
        """Hold a value from now on, until the topic has shown it; await what is returned for its ack."""
        over = self._over[key] = Overlaid(value)
        return self._acknowledged(key, over, ack)

    async def _acknowledged(self, key: str, over: Overlaid, ack: Awaitable[Placed]) -> Placed:
        over.placed = await ack
        self._forget(key, over)
        return over.placed

    async def follow(self) -> None:
        """Read on for ever."""
        tail = self._cluster.tail({place: self._offset(place) for place in self._binding.places()})
        try:
            while True:
                await self._take(tail)
        finally:
            await tail.close()

    async def at_head(self) -> None:
        """Wait until everything is read that stood in the topics when this was called."""
        await self.reached(await self._cluster.ends(self._binding.places()))

    async def reached(self, ends: dict[Place, int]) -> None:
        """Wait until the copy has passed these offsets."""
        async with self._moved:
            await self._moved.wait_for(
                lambda: all(self.position[place] >= end for place, end in ends.items())
            )

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    async def _take(self, tail: Tail) -> None:
        records = await tail.poll()
        if records:
            self._store(records)
        moved = {place: at for place, at in tail.position.items() if at > self.position[place]}
        if moved:
            self.position.update(moved)
            for key, over in list(self._over.items()):
                self._forget(key, over)
            async with self._moved:
                self._moved.notify_all()

    def _store(self, records: Sequence[Raw]) -> None:
        batch = WriteBatch(raw_mode=True)
        fresh: dict[bytes, bytes | None] = {}
        for raw in records:
            key = _DATA + raw.key.encode()
            if self._meet is not None:
                self._meet(raw, fresh[key] if key in fresh else self._db.get(key))
            fresh[key] = raw.value
            batch.put(_offset_key(raw.place), str(raw.offset + 1).encode())
        for key, value in fresh.items():
            batch.delete(key) if value is None else batch.put(key, value)
        self._db.write(batch)

    def _forget(self, key: str, over: Overlaid) -> None:
        placed = over.placed
        if placed is None or self._over.get(key) is not over:
            return
        if self.position[(placed.topic, placed.partition)] > placed.offset:
            del self._over[key]

    def _open(self) -> Rdict:
        self._folder.mkdir(parents=True, exist_ok=True)
        database = Rdict(str(self._folder), _options())
        held = database.get(_BINDING)
        wanted = msgspec.json.encode(self._binding, order="sorted")
        if held is not None and held != wanted:
            database.close()
            Rdict.destroy(str(self._folder))
            database = Rdict(str(self._folder), _options())
        database.put(_BINDING, wanted)
        return database

    def _offset(self, place: Place) -> int | None:
        held = self._db.get(_offset_key(place))
        return None if held is None else int(held)


def _offset_key(place: Place) -> bytes:
    return _META + json.dumps(place).encode()


def _options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_write_buffer_size(16 * 1024 * 1024)
    options.set_max_write_buffer_number(2)
    return options
