"""The narrow interface to Kafka; everything else of the connector works on it and never on a client."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

Place = tuple[str, int]


class AckError(Exception):
    """The broker did not take a record: the process must end, a restart reads everything again."""


class Raw(Struct, frozen=True):
    """A record as it stands in a log. `at`: its timestamp in ms."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    at: int = 0

    @property
    def place(self) -> Place:
        """The partition it stands in."""
        return (self.topic, self.partition)


class Placed(Struct, frozen=True):
    """Where an acknowledged record stands."""

    topic: str
    partition: int
    offset: int


class Binding(Struct, frozen=True):
    """Which cluster and topics a copy was made from, and how many partitions they have."""

    cluster_id: str
    topic_ids: dict[str, str]
    partitions: dict[str, int]

    def places(self) -> list[Place]:
        """Return every partition."""
        return [(topic, number) for topic, count in self.partitions.items() for number in range(count)]


class Outlet(Protocol):
    """Appends records; the returned awaitable is done when all replicas have it, or raises AckError."""

    def append(
        self,
        topic: str,
        key: str,
        value: bytes | None,
        *,
        partition: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Awaitable[Placed]: ...


class Tail(Protocol):
    """Follows partitions from given offsets, without a group."""

    position: dict[Place, int]

    async def poll(self) -> Sequence[Raw]: ...
    async def close(self) -> None: ...


class Cluster(Protocol):
    """What a log knows about itself and the tails it opens."""

    async def binding(self, topics: Sequence[str]) -> Binding: ...
    async def ends(self, places: Sequence[Place]) -> dict[Place, int]: ...
    def tail(self, starts: Mapping[Place, int | None]) -> Tail: ...
