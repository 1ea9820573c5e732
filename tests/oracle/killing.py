"""What is killed in which chapter of a volume, and how many chapters it takes to reach a cell of the table."""

from collections.abc import Mapping, Sequence
from random import Random

from tests.oracle.coverage import NONE, RESTART, Cell
from tests.oracle.entities import Entity
from tests.oracle.steps import PROCESSES

# In which chapters how many processes are killed. The fourth is where what was born below a parent can be restored.
KILLED = {1: 1, 3: 2}


def chapters_of(entity: Entity, cell: Cell) -> int:
    """How many chapters a cell takes at least: what is below a parent is born in the second, a restore follows an archive."""
    first = (2 if entity.needs_parent else 1) + {"create": 0, "restore": 2}.get(cell.operation, 1)
    if cell.fault == RESTART:
        return next(chapter + 1 for chapter in KILLED if chapter + 1 >= first)
    return first + 1 if cell.fault == NONE and first - 1 == min(KILLED) else first


def killed(
    seeded: int, number: int, owed: Sequence[Cell], entities: Mapping[str, Entity]
) -> dict[int, list[str]]:
    """What is killed in a volume, by chapter: the same for all its stories. Nothing late in one that owes no kill there."""
    victims = iter(Random(f"{seeded}.{number}").sample(PROCESSES, len(PROCESSES)))  # no secret
    late = [cell for cell in owed if chapters_of(entities[cell.entity], cell) > max(KILLED)]
    spared = number and (number % 2 or all(cell.fault != RESTART for cell in late))
    return {
        chapter: [next(victims) for _ in range(KILLED[chapter])]
        for chapter in list(KILLED)[: 1 if spared else None]
    }
