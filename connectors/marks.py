"""Which records a complete reading has met, on disk: memory stays flat and a restart goes on."""

from collections.abc import Iterable
from pathlib import Path

from rocksdict import Options, Rdict, WriteBatch

_SCAN = b"m|scan"


class Marks:
    """The refs met by one scan. Marks of another scan, or of a lost disk, prove nothing and are dropped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._db = self._open()

    def belong_to(self, scan_id: str) -> bool:
        """Tell whether the marks are those of this scan."""
        held: bytes | None = self._db.get(_SCAN)
        return held == scan_id.encode()

    def begin(self, scan_id: str) -> None:
        """Drop all marks; those to come are of this scan."""
        self._db.close()
        Rdict.destroy(str(self._folder))
        self._db = self._open()
        self._db.put(_SCAN, scan_id.encode())

    def add(self, refs: Iterable[str]) -> None:
        """Mark records as met."""
        batch = WriteBatch(raw_mode=True)
        for ref in refs:
            batch.put(b"r|" + ref.encode(), b"")
        self._db.write(batch)

    def __contains__(self, ref: str) -> bool:
        return self._db.get(b"r|" + ref.encode()) is not None

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _open(self) -> Rdict:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_write_buffer_size(4 * 1024 * 1024)
        return Rdict(str(self._folder), options)
