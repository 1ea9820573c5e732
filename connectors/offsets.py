"""Which offsets may be committed while commands of many links end in any order."""

from connectors.log.log import Place


class Offsets:
    """Per partition: what is open, and the offset below which nothing is."""

    def __init__(self) -> None:
        self._open: dict[Place, dict[int, None]] = {}
        self._next: dict[Place, int] = {}
        self._committed: dict[Place, int] = {}

    def begin(self, place: Place, offset: int) -> None:
        """Note a command that was read; offsets of a partition come in their order."""
        self._open.setdefault(place, {})[offset] = None
        self._next[place] = offset + 1

    def end(self, place: Place, offset: int) -> None:
        """Note that its result is durable."""
        del self._open[place][offset]

    def due(self) -> dict[Place, int]:
        """Return what may be committed and has not been."""
        found = {place: next(iter(self._open[place]), after) for place, after in self._next.items()}
        return {place: offset for place, offset in found.items() if self._committed.get(place) != offset}

    def committed(self, offsets: dict[Place, int]) -> None:
        """Note what was committed."""
        self._committed.update(offsets)

    def __len__(self) -> int:
        return sum(len(held) for held in self._open.values())
