"""The whole graph on one screen: who reads what, who writes what, and where the state lives.

change topics ─► intake ─► sync.in ─► sync ─► commands.*, links, unlinked, conflicts, parked, control
                              ▲         │
                              └─────────┤ continue
                                        └─ table `state` ◄─► <group>-state-changelog
"""

from dataclasses import dataclass

from streams.config import WorkerConfig

TABLE = "state"


@dataclass(frozen=True, slots=True)
class Topology:
    """The names of one installation's graph."""

    group: str
    log: str
    changelog: str
    sources: tuple[str, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        return (self.log, self.changelog, *self.sources)


def topology(config: WorkerConfig) -> Topology:
    group = f"{config.prefix}worker"
    return Topology(
        group, f"{config.prefix}sync.in", f"{group}-{TABLE}-changelog", tuple(sorted(config.sources))
    )
