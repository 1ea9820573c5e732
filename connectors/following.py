"""What holder and standby alike follow: `control`, the shadow and what was applied."""

import asyncio

from connectors.applied import Memory
from connectors.config import ConnectorConfig
from connectors.control import ControlView
from connectors.log.log import Binding, Cluster
from connectors.shadow import Shadow
from connectors.wire import RegistryWire, Wire
from schemas.codec import Codec
from schemas.registry import Registry


class Following:
    """The copies of one system and the tasks that keep them up to date."""

    def __init__(
        self, control: ControlView, shadow: Shadow, memory: Memory, wire: Wire, changes: Binding
    ) -> None:
        self.control = control
        self.shadow = shadow
        self.memory = memory
        self.wire = wire
        self.changes = changes
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(cls, config: ConnectorConfig, cluster: Cluster) -> "Following":
        """Bind to the cluster's topics; a copy of other topics is dropped."""
        registry = Registry(config.registry_url, config.registry_auth)
        codec = Codec(registry, config.topics)
        await asyncio.to_thread(codec.open)
        wire = RegistryWire(codec, registry)
        names = [config.topics.name(short) for short in config.change_topics()]
        changes = await cluster.binding(names)
        applied = await cluster.binding([config.topics.name(f"applied.{config.system}")])
        return cls(
            ControlView(config.topics.name("control"), config.topics.tenant, cluster, wire),
            Shadow(config.state_dir / "shadow", changes, cluster, wire),
            Memory(config.system, config.state_dir / "applied", applied, cluster, wire),
            wire,
            changes,
        )

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to follow; a task that ends has failed."""
        self._tasks = [
            asyncio.create_task(self.control.follow(), name="follow control"),
            asyncio.create_task(self.shadow.mirror.follow(), name="follow changes"),
            asyncio.create_task(self.memory.mirror.follow(), name="follow applied"),
        ]
        return self._tasks

    async def at_head(self) -> None:
        """Wait until all three have read what stands there now."""
        await asyncio.gather(
            self.control.at_head(), self.shadow.mirror.at_head(), self.memory.mirror.at_head()
        )

    async def close(self) -> None:
        """Stop following and close the copies."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.shadow.mirror.close()
        self.memory.mirror.close()
