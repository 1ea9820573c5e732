"""The one table of topics: what each carries, how it is keyed, partitioned and kept, and who writes it."""

from dataclasses import dataclass
from typing import Literal

DAY_MS = 24 * 60 * 60 * 1000
MAX_MESSAGE_BYTES = 8 * 1024 * 1024

Cleanup = Literal["compact", "delete"]
Spread = Literal["n", "tenants", "one"]  # N partitions; one a tenant; exactly one


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """One row: `name` is short, without the prefix; `schema` None means that values are raw or absent."""

    name: str
    key: str
    schema: str | None
    spread: Spread
    cleanup: Cleanup
    owner: str
    readers: tuple[str, ...]
    description: str
    public: bool = False
    per_tenant: bool = True
    lag_ms: int = 0
    retention_ms: int = -1
    delete_retention_ms: int = 30 * DAY_MS
    timestamps: Literal["CreateTime", "LogAppendTime"] = "CreateTime"

    def config(self) -> dict[str, str]:
        """The topic's settings at the broker, as text."""
        return {
            "cleanup.policy": self.cleanup,
            "compression.type": "zstd",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "message.timestamp.type": self.timestamps,
            "retention.ms": str(self.retention_ms),
            "delete.retention.ms": str(self.delete_retention_ms),
            "min.compaction.lag.ms": str(self.lag_ms),
        }


def _changes(system: str, entity: str, record: str, text: str) -> TopicSpec:
    return TopicSpec(
        name=f"{system}.{entity}",
        key="ref",
        schema=f"tandem.{system}.{record}Change",
        spread="n",
        cleanup="compact",
        lag_ms=30 * DAY_MS,
        owner=f"connector {system}",
        readers=("intake", f"connector {system}", "other teams"),
        public=True,
        description=text,
    )


def _commands(system: str) -> TopicSpec:
    return TopicSpec(
        name=f"commands.{system}",
        key="link id",
        schema="tandem.sync.Command",
        spread="n",
        cleanup="delete",
        owner="worker",
        readers=(f"connector {system}",),
        description=f"What records of {system} must become. Trimmed by its reader, at least 7 days kept.",
    )


def _applied(system: str) -> TopicSpec:
    return TopicSpec(
        name=f"applied.{system}",
        key="link id",
        schema="tandem.sync.Applied",
        spread="n",
        cleanup="compact",
        owner=f"connector {system}",
        readers=(f"connector {system}",),
        description=f"The sink's memory for {system}: the attempt begun and the last result of each link.",
    )


TABLE: tuple[TopicSpec, ...] = (
    _changes("invoiced", "customer", "Customer", "Every version of an Invoiced customer that was seen."),
    _changes("invoiced", "contact", "Contact", "Every version of an Invoiced contact that was seen."),
    _changes("invoiced", "item", "Item", "Every version of an Invoiced item (catalogue) that was seen."),
    _changes(
        "invoiced",
        "invoice",
        "Invoice",
        "Every version of an Invoiced invoice that was seen, with its lines.",
    ),
    _changes("crm", "customer", "Customer", "Every version of a CRM Customer that was seen."),
    _changes("crm", "contact", "Contact", "Every version of a CRM Contact that was seen."),
    _changes("crm", "product", "Product", "Every version of a CRM Product that was seen."),
    _changes("crm", "order", "Order", "Every version of a CRM Order that was seen, with its lines."),
    TopicSpec(
        name="links",
        key="link id",
        schema="tandem.Link",
        spread="n",
        cleanup="compact",
        lag_ms=DAY_MS,
        owner="worker",
        readers=("other teams", "restore"),
        public=True,
        description="Which records are the same thing, and how their link stands; also the backup.",
    ),
    TopicSpec(
        name="unlinked",
        key="ref",
        schema="tandem.Unlinked",
        spread="n",
        cleanup="compact",
        owner="worker",
        readers=("other teams", "restore"),
        public=True,
        description="Records that stand in no link and why; a tombstone when one is linked.",
    ),
    TopicSpec(
        name="conflicts",
        key="link id",
        schema="tandem.Conflict",
        spread="n",
        cleanup="delete",
        retention_ms=365 * DAY_MS,
        owner="worker",
        readers=("other teams",),
        public=True,
        description="Properties edited on both sides, and how each was decided. Kept for a year.",
    ),
    TopicSpec(
        name="parked",
        key="link id",
        schema="tandem.Parked",
        spread="n",
        cleanup="compact",
        owner="worker",
        readers=("other teams",),
        public=True,
        description="Wishes that cannot be applied, and why; a tombstone when one can.",
    ),
    TopicSpec(
        name="sync.in",
        key="tenant",
        schema="tandem.sync.SyncEvent",
        spread="tenants",
        cleanup="delete",
        per_tenant=False,
        timestamps="LogAppendTime",
        owner="worker, connectors, CLI",
        readers=("worker",),
        description="The one log of each tenant. Trimmed by its reader, at least 7 days kept.",
    ),
    _commands("invoiced"),
    _commands("crm"),
    _applied("invoiced"),
    _applied("crm"),
    TopicSpec(
        name="control",
        key="text",
        schema="tandem.sync.Control",
        spread="one",
        cleanup="compact",
        owner="worker",
        readers=("connectors", "CLI"),
        description="Gates, progress and answers; a missing gate is closed.",
    ),
    TopicSpec(
        name="cursors",
        key="system|entity",
        schema="tandem.sync.Cursor",
        spread="one",
        cleanup="compact",
        owner="connectors",
        readers=("connectors",),
        description="How far each entity has been read.",
    ),
    TopicSpec(
        name="leases",
        key="none",
        schema=None,
        spread="one",
        cleanup="delete",
        retention_ms=DAY_MS,
        owner="connectors",
        readers=("connectors",),
        description="Carries nothing: who holds its one partition in a group holds that group's lease.",
    ),
    TopicSpec(
        name="worker-state-changelog",
        key="state key",
        schema=None,
        spread="tenants",
        cleanup="compact",
        per_tenant=False,
        owner="worker",
        readers=("worker",),
        description="The table behind the log, row by row as raw bytes, for recovery.",
    ),
)
