"""Drawing stories: hypothesis chooses, among what has been drawn least so far; a seed gives the same stories again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.flow.customer_api import Name
from tests.oracle.cast import Cast, Role, becomes
from tests.oracle.coverage import Cell, cells
from tests.oracle.entities import CONTACT, ORDER, PRICED, Entity, Property
from tests.oracle.giving import Giver
from tests.oracle.killing import chapters_of, killed
from tests.oracle.steps import FAULTS, Act, Chapter, Kill, Plan, Step, Story

# Of the first volume; later ones have as many chapters as what is left to reach takes.
CHAPTERS, STEPS = 5, 11
OWED = 4  # so much more often a cell is drawn that the volumes before meant to reach and did not
# What can be done least often comes first: a restore needs an archived thing.
SCARCE = {"restore": 0, "archive": 1, "flow": 2, "refer": 2, "price": 3}
RAREST = 2  # so many of the cells drawn least are chosen among


def volume(
    entities: Mapping[str, Entity], number: int, seeded: int, count: int, reached: Iterable[Cell] = ()
) -> list[Story]:
    """So many stories to be told side by side: the same of the same number, seed and cells already reached."""
    return [story for story, _ in stories_and_cells(entities, number, seeded, count, reached)]


def stories_and_cells(
    entities: Mapping[str, Entity], number: int, seeded: int, count: int, reached: Iterable[Cell] = ()
) -> list[tuple[Story, list[Cell]]]:
    """The same, each with the cells it means to reach."""
    drawn = Counter(reached)
    owed = [cell for cell in cells(entities) if not drawn[cell]] if number else []
    drawn.update(dict.fromkeys(owed, -OWED))
    chapters = max((chapters_of(entities[cell.entity], cell) for cell in owed), default=CHAPTERS)
    kills, told = killed(seeded, number, owed, entities), list[tuple[Story, list[Cell]]]()
    for one in range(count):
        told.append(_drawn(entities, seeded * 1_000_003 + number * 1_009 + one, one, drawn, kills, chapters))
        drawn.update(told[-1][1])
    return told


def _drawn(
    entities: Mapping[str, Entity],
    seeded: int,
    number: int,
    drawn: Counter[Cell],
    kills: Mapping[int, list[str]],
    chapters: int,
) -> tuple[Story, list[Cell]]:
    """One story. The first example is the simplest there is, so a later one is taken."""
    found = []

    @seed(seeded)
    @settings(
        max_examples=2,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
    @given(stories(entities, number, drawn, kills, chapters))
    def keep(one: tuple[Story, list[Cell]]) -> None:
        found.append(one)

    keep()
    return found[-1]


@st.composite
def stories(
    draw: st.DrawFn,
    entities: Mapping[str, Entity],
    number: int,
    drawn: Counter[Cell],
    kills: Mapping[int, list[str]],
    count: int,
) -> tuple[Story, list[Cell]]:
    """A story, and the cells it means to reach."""
    author = _Author(draw, Cast(entities), Counter(drawn), number)
    chapters = [author.chapter(kills.get(chapter, [])) for chapter in range(count)]
    return Story(number, tuple(chapters)), author.meant


class _Author:
    """Writes one story."""

    def __init__(self, draw: st.DrawFn, cast: Cast, drawn: Counter[Cell], number: int) -> None:
        self._draw = draw
        self._cast = cast
        self._drawn = drawn
        self._number = number
        self._giver = Giver(draw)
        self.meant: list[Cell] = []

    def chapter(self, killed: list[str]) -> Chapter:
        """One chapter; what is killed is killed when all has been done and little has arrived."""
        steps: list[Step] = []
        while len(steps) < STEPS and (cells := self._cast.cells(killed=bool(killed))):
            cell = self._pick(self._rarest(cells))
            steps += self._act(cell)
        self._cast.turn()
        return (*steps, *map(Kill, killed))

    def _rarest(self, cells: Sequence[Cell]) -> list[Cell]:
        """What was drawn least; among equals each story begins elsewhere."""
        shift = Random(self._number).random()  # no secret

        def rank(cell: Cell) -> tuple[int, int, float]:
            weight = 1 if self._cast.entities[cell.entity].needs_parent else 2
            return (
                self._drawn[cell] * weight,  # what is below others: else there would be few of them
                SCARCE.get(cell.operation, len(SCARCE)),
                (hash_of(cell) + shift) % 1,
            )

        return sorted(cells, key=rank)[:RAREST]

    def _act(self, cell: Cell) -> list[Step]:
        entity = self._cast.entities[cell.entity]
        role = self._pick(self._cast.fitting(entity, cell.operation))
        fault = cell.fault if cell.fault in FAULTS else None
        act = self._done(role, cell, fault or "")
        role.acts.append(cell.operation)
        if not (role.anchor and cell.operation == "create"):  # every story needs those: they do not count
            self._drawn[cell] += 1
            self.meant.append(cell)
        return [Plan(fault), act] if fault else [act]

    def _done(self, role: Role, cell: Cell, fault: str) -> Act:
        """What a user does, and what the thing is afterwards."""
        target = self._pick(self._cast.targets(role)) if cell.operation == "flow" else ""
        side = self._pick([*self._cast.sides(role, cell.operation, target)])
        if fault == "stale_read" and role.entity.name == CONTACT.name:
            side = "crm"  # contacts of Invoiced are read from its events
        must = role.entity.tidied if fault == "normalise" else None
        writers: dict[str, Callable[[], Act]] = {
            "create": lambda: self._created(role, side, must),
            "clear": lambda: Act("clear", role.name, side, self._values(role, side, must, clear=True)),
            "edit": lambda: Act("edit", role.name, side, self._values(role, side, must)),
            "price": lambda: Act("price", role.name, side, self._priced(role)),
            "refer": lambda: self._referred(role, side),
            "lines": lambda: self._lined(role, side),
            "flow": lambda: self._exchanged(role, side, target),
        }
        if cell.operation in writers:
            return writers[cell.operation]()
        if cell.operation in {"conflict", "apart"}:
            return self._at_once(role, side, must, cell.operation)
        role.archived = cell.operation == "archive"
        return Act(cell.operation, role.name, side)

    def _priced(self, role: Role) -> dict[str, Any]:
        names = self._names([role.entity.property(one) for one in PRICED], None, 1)
        return {one.name: self._giver.value(one) for one in names}

    def _referred(self, role: Role, side: Name) -> Act:
        role.parent = self._pick([one.name for one in self._cast.anchors(role.parent)])
        return Act("refer", role.name, side, parent=role.parent)

    def _exchanged(self, role: Role, side: Name, target: str) -> Act:
        parent = self._pick(self._cast.anchors()).name if target == CONTACT.name else None
        becomes(role, target, self._cast.entities, parent)
        return Act("flow", role.name, side, entity=target, parent=parent)

    def _created(self, role: Role, side: Name, must: str | None) -> Act:
        self._cast.roles.append(role)
        always = [
            one
            for one in role.entity.properties
            if one.kind in {"title", "number", "code", "country", "currency", "money"}
        ]
        free = [one for one in role.entity.properties if one not in always and side in one.sides]
        chosen = always + self._names(free, must, 3)
        if role.entity.needs_parent:
            role.parent = self._pick(self._cast.anchors()).name
        role.filled = {one.name for one in chosen}
        values = {one.name: self._giver.value(one) for one in chosen}
        lines = self._giver.lines(3) if role.entity is ORDER else {}
        role.lines = [*lines]
        return Act(
            "create", role.name, side, values, entity=role.entity.name, parent=role.parent, lines=lines
        )

    def _lined(self, role: Role, side: Name) -> Act:
        """Both sides add a line and change another, one takes a third away: by what they are, each is another one."""
        stand = self._draw(st.permutations(role.lines))
        here = {stand[0]: self._giver.quantity(), **self._giver.lines(1)}
        there = {stand[1]: self._giver.quantity(), **self._giver.lines(1)}
        gone = dict.fromkeys(stand[2:3])
        role.lines = [one for one in {**dict.fromkeys(stand), **here, **there} if one not in gone]
        return Act("lines", role.name, side, lines={**here, **gone}, also_lines=there)

    def _at_once(self, role: Role, side: Name, must: str | None, operation: Any) -> Act:
        """The same properties on both sides, or different ones."""
        free = [one for one in role.entity.properties if one.sides == ("invoiced", "crm")]
        here = self._names(free, must, 2)
        rest = [one for one in free if one not in here]
        there = here if operation == "conflict" else self._names(rest, None, 2)
        values = {one.name: self._giver.value(one) for one in here}
        return Act(
            operation, role.name, side, values, also={one.name: self._giver.value(one) for one in there}
        )

    def _values(self, role: Role, side: Name, must: str | None, *, clear: bool = False) -> dict[str, Any]:
        free = [one for one in role.entity.properties if side in one.sides and (one.clears or not clear)]
        filled = [one for one in free if one.name in role.filled]
        chosen = self._names((filled or free) if clear else free, must, 2)
        names = {one.name for one in chosen}
        role.filled = role.filled - names if clear else role.filled | names
        return {one.name: None if clear else self._giver.value(one) for one in chosen}

    def _names(self, free: Sequence[Property], must: str | None, most: int) -> list[Property]:
        chosen = self._draw(st.lists(st.sampled_from(free), min_size=1, max_size=most, unique=True))
        needed = [one for one in free if one.name == must and one not in chosen]
        return chosen + needed

    def _pick(self, of: Sequence[Any]) -> Any:
        return self._draw(st.sampled_from(of))


def hash_of(cell: Cell) -> float:
    """A place of its own for each cell, the same in every process."""
    return Random("|".join(cell)).random()  # no secret
