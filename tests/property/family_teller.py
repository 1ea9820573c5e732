"""A teller of organisations with their contacts, persons and products: who is born, moves, turns and ends."""

from typing import Any

from streams.domain.rows import side_of
from tests.property.apis import Rejected
from tests.property.families import company, contact, person, product
from tests.property.losses import lose_state, read_back, state
from tests.property.scenes import HERE
from tests.property.tellers import Teller
from tests.property.world import SYSTEMS, WHOLE, World

Key = tuple[str, int]
ENTITIES = {HERE: ("customer", "contact", "item"), "crm": ("customer", "contact", "product")}
PEOPLE = ("Anna Maria Berg", "Per Son", "Berg")


class FamilyTeller(Teller):
    """Records are named by what they are and a number; a contact's organisation has the contact's number at first."""

    def __init__(self, world: World | None = None) -> None:
        super().__init__(world or World(WHOLE))
        self.homes: dict[Any, dict[str, str]] = {}

    def __repr__(self) -> str:
        return f"<teller of families in {self.world}>"

    def find(self, side: str, number: Any) -> str | None:
        """What its link holds there now, though it may not be what was entered; else that."""
        homes = self.homes.get(number, {})
        refs = {self.api(system).ref(name) for system, name in homes.items()}
        for row in self.world.links():
            known = {row.invoiced.ref, row.crm.ref, *row.invoiced.former, *row.crm.former}
            ref = side_of(row, side).ref if refs & known else None
            if ref is not None and self.api(side).name(ref) in self.api(side).records:
                return self.api(side).name(ref)
        name = homes.get(side)
        return name if name in self.api(side).records else None

    # users

    def enter(self, what: str, side: str, number: int) -> None:
        key = (what, number)
        if key in self.homes:
            return
        self.homes[key] = {}
        for one in SYSTEMS:
            if side in {one, "twins"}:
                self._enter(one, key)

    def _enter(self, side: str, key: Key) -> None:
        what, number = key
        parent = self.find(side, ("company", number)) if what == "contact" else ""
        if parent is None:
            return
        try:
            if what == "contact":
                name = contact(self.world, side, parent, PEOPLE[number])
            elif what == "product":
                name = product(self.world, side, f"SKU{number}")
            else:
                name = (company if what == "company" else person)(self.world, side, number)
        except Rejected:
            return
        self.homes[key][side] = name

    def put(self, what: str, side: str, number: int, field: int, value: Any) -> None:
        """A user edits a value both systems have."""
        names = (
            (("city", "City"), ("phone", "Phone"))
            if what != "product"
            else (("description", "Description"),) * 2
        )
        name = self.find(side, (what, number))
        if name is not None and self.live(side, name):
            self._set(side, name, {names[field][SYSTEMS.index(side)]: value})

    def rename(self, what: str, side: str, number: int, value: str) -> None:
        name = self.find(side, (what, number))
        if name is None:
            return
        kind = self.api(side).kind(name)
        if side == HERE:
            self._set(side, name, {"name": value})
        elif kind == "contact":
            first, _, last = value.partition(" ")
            self._set(side, name, {"FirstName": first, "LastName": last or None})
        else:
            self._set(side, name, {"Name": value})

    def move(self, what: str, number: int, to: int | None) -> None:
        """Somebody is another organisation's, or nobody's."""
        name = self.find("crm", (what, number))
        parent = self.find("crm", ("company", to)) if to is not None else None
        if (
            name is not None
            and self.api("crm").kind(name) == "contact"
            and (to is None or parent is not None)
        ):
            self._set("crm", name, {"CustomerId": parent})

    def turn(self, what: str, number: int, kind: str) -> None:
        name = self.find(HERE, (what, number))
        if name is not None and self.api(HERE).kind(name) == "customer":
            self._set(HERE, name, {"type": kind})

    def end(self, what: str, side: str, number: int, gone: bool) -> None:
        """Out of use, or back."""
        name = self.find(side, (what, number))
        if name is None:
            return
        record = self.api(side).records[name]
        if side == "crm":
            self._set(side, name, {"IsDeleted": gone})
        elif "active" in record:
            self._set(side, name, {"active": not gone})
        elif gone:
            self.api(side).destroy(name)

    def _set(self, side: str, name: str, values: dict[str, Any]) -> None:
        try:
            self.api(side).patch(self.world.tick(1_500), name, values)
        except Rejected:
            return

    def live(self, side: str, name: str) -> bool:
        record = self.api(side).records[name]
        return bool(record.get("active", True)) and not record.get("IsDeleted", False)

    # the machine

    def read(self, side: str, entity: int) -> None:
        """One entity alone is read: children before their parents, or behind them."""
        self.world.go(side, ENTITIES[side][entity])

    def strike(self, side: str, mode: str) -> None:
        """Both are read, and the next command meets a fault; then both are read once more."""
        for _ in range(2):
            self.world.go("crm")
            self.world.go(HERE)
        self.world.sink(side, mode)
        self.world.fold()
        self.world.go(side)

    def lose(self) -> None:
        """The state is lost and read back, amid everything."""
        if state(self.world) is None:
            lose_state(self.world)
            read_back(self.world)

    def stop(self, flow: int, system: str, closed: bool) -> None:
        name = self.world.config.flows[flow].name
        self.world.decide("pause" if closed else "resume", flow=name, direction=f"to-{system}")

    def mend(self) -> None:
        """What was paused is resumed."""
        for flow in range(len(self.world.config.flows)):
            for system in SYSTEMS:
                self.stop(flow, system, False)
