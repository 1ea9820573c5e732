"""Who is next when requests of several kinds wait for one budget: fair by fixed shares, idle ones lent out."""

from collections import deque
from typing import Generic, Literal, TypeVar

Share = Literal["live", "retry", "backfill", "reconcile"]
WEIGHTS: dict[Share, int] = {"live": 6, "retry": 1, "backfill": 2, "reconcile": 1}

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Start-time fair queueing: a kind that waits gets its weight; what others leave is used by all."""

    def __init__(self, weights: dict[Share, int] | None = None) -> None:
        self._weights = weights or WEIGHTS
        self._waiting: dict[Share, deque[T]] = {share: deque() for share in self._weights}
        self._served: dict[Share, float] = dict.fromkeys(self._weights, 0.0)
        self._virtual = 0.0

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._waiting.values())

    def push(self, share: Share, item: T) -> None:
        """Queue an item; a share that was idle starts now and has saved nothing up."""
        if not self._waiting[share]:
            self._served[share] = max(self._served[share], self._virtual)
        self._waiting[share].append(item)

    def pop(self) -> T:
        """Take the item of the waiting share that has had least for its weight."""
        share = min((s for s, q in self._waiting.items() if q), key=lambda s: self._served[s])
        self._virtual = self._served[share]
        self._served[share] += 1 / self._weights[share]
        return self._waiting[share].popleft()
