"""One partition's rows in RocksDB: every batch carries the changelog offset it brings the rows up to."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from rocksdict import Options, Rdict, ReadOptions, WriteBatch, WriteOptions

OWN = b"\x00"  # host's own keys start with it; a tenant's never do
STAMP = OWN + b"stamp"  # local only, never in the changelog
CHECKPOINT = OWN + b"checkpoint"

WRITE_BUFFER = 16 << 20
LOADING = {  # laid down as they come, merged once afterwards: by then most of the work would have been undone
    "disable_auto_compactions": "true",
    "write_buffer_size": str(2 * WRITE_BUFFER),
    "level0_slowdown_writes_trigger": "10000",  # stays so until the rows are opened again:
    "level0_stop_writes_trigger": "10000",  # whoever writes need not wait for that one large merge
}
LOADED = {"disable_auto_compactions": "false", "write_buffer_size": str(WRITE_BUFFER)}

Write = tuple[bytes, bytes | None]


class Stamp(msgspec.Struct, frozen=True):
    """Which changelog these rows are a copy of, how far, and by whose rules the look-ups were derived.

    `written` is wall time in seconds; an empty `index_version` means that look-ups are still to be built.
    """

    topic_id: str
    offset: int
    index_version: str
    written: float


class Checkpoint(msgspec.Struct, frozen=True):
    """How far `sync.in` is folded into the rows (topic id, next offset) and the log's time there (ms)."""

    topic_id: str
    next_offset: int
    at: int
    format: int = 1


def encode(value: Stamp | Checkpoint) -> bytes:
    return msgspec.json.encode(value)


class Rows:
    """Reads and whole-batch writes. Safe to read while another thread writes."""

    def __init__(self, path: Path, options: Options) -> None:
        self.path = path
        self._options = options
        self._db = Rdict(str(path), options)

    def get(self, key: bytes) -> bytes | None:
        value: bytes | None = self._db.get(key)
        return value

    def items(self, start: bytes = b"", end: bytes | None = None) -> Iterator[tuple[bytes, bytes]]:
        """Rows from `start` on, below `end`, in byte order.

        Without an end, a cursor whose range is empty walks over every row deleted behind it (half a
        microsecond each) until it meets one that lives.
        """
        reading = ReadOptions()
        if end is not None:
            reading.set_iterate_upper_bound(end)
        cursor: Any = self._db.iter(reading)
        cursor.seek(start)
        while cursor.valid():
            yield cursor.key(), cursor.value()
            cursor.next()

    def write(self, writes: Iterable[Write], stamp: Stamp, *, log: bool = True) -> None:
        """One atomic batch. Without the write-ahead log only `flush` makes it last (restores do that)."""
        batch = WriteBatch(raw_mode=True)
        for key, value in writes:
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(STAMP, encode(stamp))
        options = WriteOptions()
        options.disable_wal = not log
        self._db.write(batch, options)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """For very many rows at once. They can be read all the while; merging them goes on behind it."""
        self._db.set_options(LOADING)
        try:
            yield
        finally:
            self._db.set_options(LOADED)

    def delete_range(self, first: bytes, end: bytes) -> None:
        self._db.delete_range(first, end)

    def flush(self) -> None:
        self._db.flush()

    def stamp(self) -> Stamp | None:
        raw = self.get(STAMP)
        return msgspec.json.decode(raw, type=Stamp) if raw else None

    def checkpoint(self) -> Checkpoint | None:
        raw = self.get(CHECKPOINT)
        return msgspec.json.decode(raw, type=Checkpoint) if raw else None

    def wipe(self) -> None:
        """Forget everything; the changelog has it."""
        self._db.close()
        Rdict.destroy(str(self.path), self._options)
        self._db = Rdict(str(self.path), self._options)

    def close(self) -> None:
        self._db.close()


def wall_clock() -> float:
    return time.time()
