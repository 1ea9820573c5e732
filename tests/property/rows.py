"""The state as a sorted mapping: what the host keeps in RocksDB, with a count of what is touched."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from streams.domain.view import Effects


class Rows:
    """Committed rows in byte order. `read` gathers the rows asked for by name since it was last emptied."""

    def __init__(self) -> None:
        self.data: dict[bytes, bytes] = {}
        self.read: set[bytes] = set()
        self._order: list[bytes] = []

    def __repr__(self) -> str:
        return f"<{len(self.data)} rows>"

    def get(self, key: bytes) -> bytes | None:
        self.read.add(key)
        return self.data.get(key)

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        return [
            (key, self.data[key]) for key, _ in zip(self._keys(prefix, after), range(limit), strict=False)
        ]

    def keys(self, prefix: bytes) -> list[bytes]:
        return list(self._keys(prefix, None))

    def _keys(self, prefix: bytes, after: bytes | None) -> Iterator[bytes]:
        start = bisect_left(self._order, prefix)
        if after is not None:
            start = max(start, bisect_right(self._order, after))
        for at in range(start, len(self._order)):
            if not self._order[at].startswith(prefix):
                return
            yield self._order[at]

    def apply(self, effects: Effects) -> None:
        for key, value in effects.writes.items():
            if value is not None and key not in self.data:
                insort(self._order, key)
            if value is not None:
                self.data[key] = value
            elif self.data.pop(key, None) is not None:
                del self._order[bisect_left(self._order, key)]
