"""When a backfill waits: while intake and sync are too far behind what stands in the topics."""

from collections.abc import Sequence

from connectors.clock import Clock
from connectors.control import ControlView
from connectors.log.log import Cluster, Place

MOST_BEHIND = 2_000
LOOK_S = 0.5


class Holdback:
    """Knows how many changes nobody has folded yet."""

    def __init__(
        self, control: ControlView, cluster: Cluster, clock: Clock, changes: Sequence[Place], log_place: Place
    ) -> None:
        self._control = control
        self._cluster = cluster
        self._clock = clock
        self._changes = changes
        self._log = log_place

    async def behind(self) -> int:
        """Return how many records of the change topics and of the log have not been read, the larger of both."""
        positions = self._control.positions()
        ends = await self._cluster.ends([*self._changes, self._log])
        changes = sum(
            max(0, ends[place] - positions.get(f"{place[0]}/{place[1]}", 0)) for place in self._changes
        )
        return max(changes, ends[self._log] - positions.get("sync.in", 0))

    async def wait(self) -> None:
        """Return once there is room for another page."""
        while await self.behind() > MOST_BEHIND:
            await self._clock.sleep(LOOK_S)
