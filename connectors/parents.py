"""Below which record another one lives: told by an event that was just read, else by the version held of it."""

from connectors.shadow import Shadow

MOST = 10_000


class Parents:
    """Ids of parents by the refs of their children. What an event has told counts until the shadow shows the record."""

    def __init__(self, shadow: Shadow, name: str = "customer") -> None:
        self._shadow = shadow
        self._name = name
        self._told: dict[str, str] = {}

    def learn(self, ref: str, parent: str) -> None:
        """Note what an event told."""
        self._told.pop(ref, None)
        self._told[ref] = parent
        while len(self._told) > MOST:
            del self._told[next(iter(self._told))]

    def of(self, ref: str) -> str | None:
        """Return the parent's id, or None if nobody has told it."""
        told = self._told.get(ref)
        return told if told is not None else self.held(ref)

    def held(self, ref: str) -> str | None:
        """Return the parent's id in the version held; a record that is gone shows where it was."""
        held = self._shadow.get(ref)
        image = None if held is None else (held.after if held.after is not None else held.before)
        number = (image or {}).get(self._name)
        return None if number is None else str(number)
