"""All a connector is told; it reads no environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from connectors.polling import Intervals
from schemas.profile import Profile
from schemas.topics import Topics

Role = Literal["poller", "sink"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorConfig:
    """One connector. `kafka` and `registry_auth` are connections; `modelled`: dotted names flows use, by entity.

    `entities`: what its flows name, and so what is polled. `item_*` and `contact_*` count for those entities alone.

    `instance` (optional) makes it a static member of the lease's group: its restart takes over at once, which is
    right only if no two processes ever carry the same name.
    """

    system: Literal["invoiced", "crm"]
    url: str
    api_key: str = field(repr=False)
    kafka: Mapping[str, str] = field(repr=False)
    registry_url: str
    state_dir: Path
    topics: Topics
    registry_auth: tuple[str, str] | None = field(default=None, repr=False)
    tenant_partition: int = 0
    profile: Profile | None = None
    entities: tuple[str, ...] = ("customer",)
    modelled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    roles: frozenset[Role] = frozenset({"poller", "sink"})
    rps: float = 20.0
    poll_interval_s: float = 5.0
    scan_interval_s: float = 3600.0
    item_interval_s: float = 60.0
    item_confirm_s: float = 120.0
    contact_sweep_s: float = 86_400.0
    session_timeout_s: float = 10.0
    client_timeout_s: float = 10.0
    retry_s: float = 60.0
    instance: str | None = None

    def group(self, role: str) -> str:
        """The name of one of this tenant's consumer groups."""
        return self.topics.name("leases").removesuffix("leases") + f"{role}.{self.system}"

    def intervals(self) -> Intervals:
        """How often what is read."""
        return Intervals(
            self.poll_interval_s, self.scan_interval_s, self.item_interval_s, self.contact_sweep_s
        )

    def change_topics(self) -> tuple[str, ...]:
        """The short names of the topics this connector's poller writes."""
        return tuple(f"{self.system}.{entity}" for entity in self.entities)
