"""How a record becomes its next version, whatever its entity: nothing changed, nothing told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.control import Clock

from .records import Document, Records
from .writing import previous_values

Tell = Callable[[str, Document, Mapping[str, Any] | None], None]


def silent(_kind: str, _document: Document, _previous: Mapping[str, Any] | None) -> None:
    """Tells nobody: for what has no events."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Stamps and stores versions; each method runs in the caller's transaction."""

    records: Records
    switches: Mapping[str, bool]
    clock: Clock

    def first(self, document: Document, tell: Tell) -> Document:
        """Stores a new record."""
        now = self.now()
        document = {**document, "created_at": document.get("created_at") or now, "updated_at": now}
        self.records.insert(document["object"], document)
        tell("created", document, None)
        return document

    def save(self, before: Document, after: Document, tell: Tell) -> Document:
        """Stores what changed. Nothing changed: no new version and no event, unless switches say otherwise."""
        previous = previous_values(before, after)
        if not previous:
            return before if self.switches["invoiced.noop_keeps_updated_at"] else self.touch(before, tell)
        after = {**after, "updated_at": self.now()}
        self.records.replace(after["object"], before, after)
        tell("updated", after, previous)
        return after

    def keep_stamp(self, before: Document, after: Document, tell: Tell) -> Document:
        """Stores what did change and leaves `updated_at`, as a change behind the API's back does."""
        self.records.replace(after["object"], before, after)
        tell("updated", after, previous_values(before, after))
        return after

    def touch(self, document: Document, tell: Tell) -> Document:
        """Moves `updated_at` and nothing else, which is told only where a switch says so."""
        after = {**document, "updated_at": self.now()}
        self.records.replace(after["object"], document, after)
        if not self.switches["invoiced.touch_is_silent"]:
            tell("updated", after, {})
        return after

    def now(self) -> int:
        """The present, as stamps hold it."""
        return int(self.clock.now().timestamp())
