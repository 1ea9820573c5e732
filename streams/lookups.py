"""Keeps the look-ups that follow from rows in step with rows that come back from their changelog."""

from collections.abc import Callable, Iterator, Sequence

from streams.rows import Rows, Write

#: The look-up rows that follow from one row: `(key, value) -> [(index key, value)]`.
IndexEntries = Callable[[bytes, bytes], Sequence[tuple[bytes, bytes]]]

NONE: list[Write] = []


class Lookups:
    """What each row's change does to the look-ups.

    In an empty state only a row that has brought look-ups before has any to take back: of these a mark is
    kept, which spares asking RocksDB for the former value of every row.
    """

    def __init__(self, rows: Rows, entries: IndexEntries, *, empty: bool) -> None:
        self._rows = rows
        self._entries = entries
        self._marks: set[int] | None = set() if empty else None

    def changes(self, key: bytes, new: bytes | None) -> list[Write]:
        """The look-ups to delete and to put before the row itself is written."""
        entries = self._entries(key, new) if new is not None else ()
        if self._marks is None:
            return [*self._former(key), *entries]
        mark = hash(key)
        if mark in self._marks:
            return [*self._former(key), *entries]
        if not entries:
            return NONE
        self._marks.add(mark)
        return [*entries]

    def _former(self, key: bytes) -> Iterator[Write]:
        old = self._rows.get(key)
        if old is not None:
            yield from ((gone, None) for gone, _ in self._entries(key, old))
