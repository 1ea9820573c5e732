"""What a fold reads: rows in RocksDB under the changes that are not written there yet."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Protocol

from streams.guard import check_key
from streams.rows import Rows


class View(Protocol):
    """Reads over one partition, keys in byte order."""

    def get(self, key: bytes) -> bytes | None: ...

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        """At most `limit` rows whose key starts with `prefix` and stands behind `after`."""
        ...


class Overlay:
    """Unwritten changes, found by key and walked in key order; None is a delete."""

    def __init__(self) -> None:
        self.changes: dict[bytes, bytes | None] = {}
        self._keys: list[bytes] = []

    def put(self, changes: Mapping[bytes, bytes | None]) -> None:
        for key in changes:
            if key not in self.changes:
                insort(self._keys, key)
        self.changes.update(changes)

    def walk(self, start: bytes, prefix: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        for at in range(bisect_left(self._keys, start), len(self._keys)):
            key = self._keys[at]
            if not key.startswith(prefix):
                return
            yield key, self.changes[key]


class PartitionView:
    """The rows of one partition with overlays on top, the newest last. Refuses foreign keys."""

    def __init__(
        self, rows: Rows, allowed: tuple[bytes, ...], partition: int, overlays: Sequence[Overlay]
    ) -> None:
        self._rows = rows
        self._allowed = allowed
        self._partition = partition
        self._overlays = overlays

    def get(self, key: bytes) -> bytes | None:
        check_key(key, self._allowed, self._partition)
        for overlay in reversed(self._overlays):
            if key in overlay.changes:
                return overlay.changes[key]
        return self._rows.get(key)

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        check_key(prefix, self._allowed, self._partition)
        start = prefix if after is None or after < prefix else after + b"\x00"
        return list(islice(self._walk(start, prefix), limit))

    def _walk(self, start: bytes, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        layers = [
            _ranked(overlay.walk(start, prefix), -rank) for rank, overlay in enumerate(self._overlays, 1)
        ]
        last = None
        for key, _, value in merge(_ranked(self._stored(start, prefix), 0), *layers, key=lambda row: row[:2]):
            if key != last and value is not None:
                yield key, value
            last = key

    def _stored(self, start: bytes, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        return self._rows.items(start, end_of(prefix))


def end_of(prefix: bytes) -> bytes:
    """The first key behind all that start with `prefix`. A prefix is never empty: it begins with its tenant."""
    kept = prefix.rstrip(b"\xff")
    return kept[:-1] + bytes([kept[-1] + 1])


def _ranked(
    rows: Iterator[tuple[bytes, bytes | None]] | Iterator[tuple[bytes, bytes]], rank: int
) -> Iterator[tuple[bytes, int, bytes | None]]:
    """The newest layer's row of a key comes first, so that it hides the older ones."""
    return ((key, rank, value) for key, value in rows)
