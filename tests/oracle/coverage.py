"""The table of coverage: entity by operation by fault, and which of its cells can be reached at all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.oracle.entities import Entity, Operation
from tests.oracle.steps import FAULTS

NONE, RESTART = "none", "restart"
COLUMNS = (NONE, RESTART, *FAULTS)
# What carries no text is not tidied up by an API.
TIDIED = {"create", "edit", "conflict", "apart"}


class Cell(NamedTuple):
    """One cell."""

    entity: str
    operation: Operation
    fault: str


def reachable(entity: Entity, operation: Operation, fault: str) -> bool:
    """Whether the fault can meet the operation."""
    match fault:
        case "stale_read":
            # A list would be stale for every story; what belongs to one alone is read when both sides were edited,
            # surely where the same was edited or where everything is looked at before it is written.
            return operation == "conflict" or (operation == "apart" and not entity.events)
        case "normalise":
            return operation in TIDIED
        case "duplicate_event" | "late_event":
            return entity.events
        case "bad_json":
            return not erases(entity, operation)  # the answer to a DELETE has no body
    return True


def erases(entity: Entity, operation: Operation) -> bool:
    """Whether the operation ends as a DELETE."""
    return operation == "archive" and entity.invoiced.erased


def cells(entities: Mapping[str, Entity]) -> list[Cell]:
    """Every cell that is meant to be reached."""
    return [
        Cell(entity.name, operation, fault)
        for entity in entities.values()
        for operation in entity.operations
        for fault in COLUMNS
        if reachable(entity, operation, fault)
    ]


class Coverage:
    """How often each cell was reached, shown by what happened and not by what was planned."""

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        self._entities = entities
        self.counts: Counter[Cell] = Counter(dict.fromkeys(cells(entities), 0))

    def add(self, found: Iterable[Cell]) -> None:
        """These cells were reached once more each."""
        self.counts.update(found)

    def empty(self) -> list[Cell]:
        """What was meant to be reached and was not."""
        return [cell for cell in cells(self._entities) if not self.counts[cell]]

    def table(self) -> str:
        """The table as text; `-` where a fault cannot meet an operation."""
        lines = [f"{'':24}" + "".join(f"{column[:9]:>10}" for column in COLUMNS)]
        for entity in self._entities.values():
            for operation in entity.operations:
                counts = [self._shown(entity, operation, column) for column in COLUMNS]
                lines.append(f"{entity.name + ' ' + operation:24}" + "".join(f"{one:>10}" for one in counts))
        return "\n".join(lines)

    def _shown(self, entity: Entity, operation: Operation, column: str) -> str:
        if not reachable(entity, operation, column):
            return "-"
        return str(self.counts[Cell(entity.name, operation, column)])
