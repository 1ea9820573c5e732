"""What a worker is told; `ops/settings.py` makes it from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """One worker process.

    `tenants`: tenant → its partition of `sync.in`. `sources`: change topic (full name) → its tenant.
    `backups`: the public `links` topics (full names); a state without a checkpoint was lost if they hold anything.
    `worker_id`: static membership, so it must be unique and last through restarts.
    """

    bootstrap: str
    state_dir: Path
    worker_id: str
    sources: Mapping[str, str] = field(default_factory=dict)
    tenants: Mapping[str, int] = field(default_factory=lambda: {"default": 0})
    prefix: str = "tandem."
    backups: tuple[str, ...] = ()
    session_timeout_s: float = 45.0
    transaction_timeout_s: float = 30.0
    commit_interval_s: float = 0.5
    drain_timeout_s: float = 20.0
    stall_timeout_s: float = 120.0
    restore_timeout_s: float = 600.0
    keep_rows_s: float = 7 * 86_400.0  # below the changelog's delete.retention.ms
    max_record_bytes: int = (8 << 20) - (64 << 10)  # a record and its overhead fit max.message.bytes
    max_poll_records: int = 2_000
    log_level: str = "WARNING"
