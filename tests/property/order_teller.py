"""A teller of one order: users of both sides add, edit and remove its lines, and remember what they did."""

from typing import Any

from streams.domain.rows import side_of
from tests.property.entities import LISTED
from tests.property.orders import KINDS, enter, entries, line, order, orders
from tests.property.scenes import HERE
from tests.property.tellers import Teller
from tests.property.world import SYSTEMS, World

NAMES = {
    system: ("name", "quantity", "unit_cost") if system == HERE else ("Name", "Quantity", "UnitPrice")
    for system in SYSTEMS
}


class OrderTeller(Teller):
    """The names of lines are unique, and nobody edits them: so everybody knows which line is meant."""

    def __init__(self, world: World | None = None, side: str = HERE) -> None:
        super().__init__(world or orders())
        self.number, self.side = 0, side
        self.added: set[str] = set()
        self.entered: dict[str, str] = {}  # line → the system it was entered in
        self.removed: set[str] = set()
        self.given: dict[tuple[str, int], dict[str, str]] = {}
        self.first = order(self.world, side, 1, self._new(side), self._new(side))

    def __repr__(self) -> str:
        return f"<teller of an order in {self.world}>"

    def _new(self, side: str) -> dict[str, Any]:
        self.number += 1
        self.added.add(f"line {self.number}")
        self.entered[f"line {self.number}"] = side
        return line(side, f"line {self.number}", self.number, 10)

    def place(self, side: str) -> str | None:
        """The order's record in a system."""
        if side == self.side:
            return self.first
        link = next(
            (
                one
                for one in self.world.links()
                if side_of(one, self.side).ref == self.api(self.side).ref(self.first)
            ),
            None,
        )
        ref = side_of(link, side).ref if link is not None else None
        return None if ref is None else self.api(side).name(ref)

    def add(self, side: str) -> None:
        name = self.place(side)
        if name is not None:
            enter(self.world, side, name, [*entries(self.world, side, name), self._new(side)])

    def _lines(self, side: str) -> list[dict[str, Any]]:
        name = self.place(side)
        return entries(self.world, side, name) if name is not None else []

    def value(self, side: str, which: int, field: int, value: int) -> None:
        """A user gives a line another quantity or price."""
        lines = self._lines(side)
        if not lines:
            return
        one, key = lines[which % len(lines)], NAMES[side][field]
        told = value if side == HERE else str(value)
        if one[key] == told or str(one[key]) == str(told):
            return
        one[key] = told
        self.given.setdefault((one[NAMES[side][0]], field), {})[side] = str(value)
        enter(self.world, side, str(self.place(side)), lines)

    def drop(self, side: str, which: int) -> None:
        """A user takes a line away; not one of ours whose answer was lost: it is written once more (ADR 16)."""
        lines = self._lines(side)
        at = which % len(lines) if lines else 0
        if lines and not self._unanswered(side, lines[at]):
            gone = lines.pop(at)
            self.removed.add(gone[NAMES[side][0]])
            enter(self.world, side, str(self.place(side)), lines)

    def _unanswered(self, side: str, one: dict[str, Any]) -> bool:
        ours = self.entered[one[NAMES[side][0]]] != side
        known = {ids[SYSTEMS.index(side)] for link in self.world.links() for ids in link.lines.values()}
        return ours and str(one[LISTED[side, KINDS[side]].number]) not in known

    def live(self, side: str, name: str) -> bool:
        return name in self.api(side).records

    def shown(self, side: str) -> dict[str, tuple[str, ...]]:
        """Each line by its name."""
        found = [tuple(str(one.get(key)) for key in NAMES[side]) for one in self._lines(side)]
        assert len({one[0] for one in found}) == len(found), f"a line stands twice in {side}: {found}"
        return {one[0]: one for one in found}

    def check(self) -> None:
        """No line is lost, none comes back, none stands twice; both sides show the same, and what a user has given."""
        here, there = (self.shown(side) for side in SYSTEMS)
        assert here == there, f"lines differ: {here} and {there}"
        assert set(here) == self.added - self.removed, f"{set(here)} instead of {self.added - self.removed}"
        for (name, field), values in self.given.items():
            if name in here:
                assert here[name][field] in values.values(), f"{name}: {here[name]}, users gave {values}"
        raw = [
            self.api(side).records[str(self.place(side))][LISTED[side, KINDS[side]].name] for side in SYSTEMS
        ]
        assert len(raw[0]) == len(raw[1])
