"""The tenant's own row: rounds, positions, gates, breakers, and the queue of unfinished work."""

from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from streams.domain.rows import content


class CatchingUp(Struct, frozen=True, array_like=True):
    """The state is being brought back from the public topics: until it has passed all this, nothing is written."""

    id: str
    cause: str
    since: int
    ends: list[list[Any]] = []  # [topic id, partition, offset] of the change topics, noted when it began
    told: int = -1  # the log offset behind which everything has been brought back; -1: not yet
    scanned: tuple[str, ...] = ()  # system|entity of which a whole reading begun behind `told` has passed


class Tenant(Struct, frozen=True, array_like=True):
    """The tenant's own row: rounds, positions, the queue of unfinished work."""

    flows: str = ""  # hash of the flows the rows were last walked with
    begun: dict[str, list[Any]] = {}  # round id → [system|entity, begun offset, begun at, scan]
    pending: dict[str, list[Any]] = {}  # round id → [ends, complete, published, at]
    passed: dict[str, list[Any]] = {}  # system|entity → [[begun offset, published], …]
    complete: tuple[str, ...] = ()
    scans: dict[str, int] = {}
    polls: dict[str, int] = {}
    positions: dict[str, int] = {}
    queue: tuple[tuple[Any, ...], ...] = ()
    decided: dict[str, int] = {}  # flow → horizon up to which its waiting refs were last weighed
    counts: dict[str, int] = {}
    gates: dict[str, list[str]] = {}  # flow|direction → [state, cause]
    skew_ms: int = 0  # of no more use: its place is kept
    rounds: dict[str, int] = {}  # system|entity → how many have counted
    over: tuple[str, ...] = ()  # ids of the last rounds that have counted
    breakers: dict[str, dict[str, int]] = {}  # flow|direction|kind → minute → links last counted in it
    allowed: dict[str, tuple[int, int]] = {}  # flow|direction|kind → [until when, how many more may pass]
    catching_up: CatchingUp | None = None
    skews: dict[str, int] = {}  # system → how far its clock is ahead of ours
    missing: dict[str, list[Any]] = {}  # system|entity → [records a scan lacks, what a person has said to it]


_tenant = msgspec.msgpack.Decoder(Tenant)


@lru_cache(maxsize=8)  # the row is read for every event, and most leave it as it is
def decode_tenant(data: bytes, key: bytes = b"control|tenant") -> Tenant:
    return _tenant.decode(content(data, key))
