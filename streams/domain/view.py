"""What `step` reads and what it gives back: the host stands behind these two shapes."""

from typing import Protocol

from msgspec import Struct

from schemas.records import Command, Conflict, Continue, Control, Link, Parked, Unlinked


class Again(Struct, frozen=True):
    """An entry of the log, to be appended once more as it stood."""

    value: bytes


Record = Again | Command | Conflict | Continue | Control | Link | Parked | Unlinked


class View(Protocol):
    """The tenant's committed rows, with those of earlier events of the chunk laid over them."""

    def get(self, key: bytes) -> bytes | None: ...

    def scan(self, prefix: bytes, after: bytes | None, limit: int) -> list[tuple[bytes, bytes]]:
        """Rows whose key starts with `prefix`, in byte order, behind `after`."""
        ...


class Output(Struct, frozen=True):
    """One record for a topic (its short name); None is a tombstone."""

    topic: str
    key: str
    record: Record | None


class Effects(Struct, frozen=True):
    """What an event does: rows to put (None deletes) and records to send. Both are one unit."""

    writes: dict[bytes, bytes | None]
    outputs: list[Output]
