"""A teller carries a drawn story out in a world, and remembers what each system's user wrote last."""

from typing import Any

from tests.property.apis import Api, Duplicate, Rejected
from tests.property.world import CONFIG, SYSTEMS, World

FIELDS = {
    "phone": ("phone", "Phone"),
    "city": ("city", "City"),
    "notes": ("notes", "Description"),
    "fax": ("metadata.fax", "Fax"),
    "email": ("email", "Email"),
}


class Teller:
    """Organisations have numbers; an organisation's record in a system is the one born there, or its counterpart."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World(CONFIG)
        self.homes: dict[int, dict[str, str]] = {}
        self.said: dict[tuple[int, str], dict[str, Any]] = {}
        self.touched: set[int] = set()

    def __repr__(self) -> str:
        return f"<teller of {self.world}>"

    def tell(self, story: list[Any]) -> None:
        for name, *args in story:
            getattr(self, name)(*args)

    def api(self, side: str) -> Api:
        return self.world.apis[side]

    def find(self, side: str, number: Any) -> str | None:
        """The record of an organisation in a system: where it was born, else what its link holds there."""
        homes = self.homes.get(number, {})
        if side in homes:
            name: str | None = homes[side]
        else:
            refs = {self.api(system).ref(name) for system, name in homes.items()}
            rows = [row for row in self.world.links() if refs & {row.invoiced.ref, row.crm.ref}]
            ref = getattr(rows[0], side).ref if rows else None
            name = None if ref is None else str(ref).split(":", 2)[2]
        return name if name in self.api(side).records else None

    # users

    def edit(self, side: str, number: int, prop: str, value: Any) -> None:
        name = self.find(side, number)
        if name is None or not self.live(side, name):
            return
        version = self.api(side).versions[name]
        try:
            self.api(side).patch(self.world.tick(1_500), name, {FIELDS[prop][SYSTEMS.index(side)]: value})
        except Rejected:
            return
        if self.api(side).versions[name] == version:
            return  # it was so already: nobody can see that it was written
        self.said.setdefault((number, prop), {})[side] = value

    def live(self, side: str, name: str) -> bool:
        record = self.api(side).records[name]
        return (
            bool(record["active"]) if side == "invoiced" else record["IsActive"] and not record["IsDeleted"]
        )

    def born(self, side: str, number: int) -> None:
        if number in self.homes:
            return
        self.homes[number] = {}
        fields = (
            {"name": f"Org {number}", "number": f"N{number}"},
            {"Name": f"Org {number}", "CustomerNumber": f"N{number}"},
        )
        for one, values in zip(SYSTEMS, fields, strict=True):
            if side in {one, "twins"}:
                self._create(one, number, values)

    def _create(self, side: str, number: int, values: dict[str, Any]) -> None:
        try:
            self.homes[number][side] = self.api(side).create(self.world.tick(1_500), values)
        except Rejected:
            return

    def archive(self, side: str, number: int, gone: bool) -> None:
        self.change(side, number, {"active": not gone} if side == "invoiced" else {"IsDeleted": gone})

    def destroy(self, side: str, number: int) -> None:
        name = self.find(side, number)
        if name is not None:
            self.touched.add(number)
            self.api(side).destroy(name)

    def clone(self, side: str, number: int) -> None:
        name = self.find(side, number)
        if name is not None:
            self.touched.add(number)
            self.api(side).clone(self.world.tick(1_500), name)

    def retype(self, number: int, kind: str) -> None:
        self.change("invoiced", number, {"type": kind})

    def adopt(self, side: str, number: int, parent: int | None) -> None:
        name = self.find(side, parent) if parent is not None else None
        field = "parent_customer" if side == "invoiced" else "ParentId"
        value: Any = int(name) if name is not None and side == "invoiced" else name
        self.change(side, number, {field: value}, touches=False)

    def change(self, side: str, number: int, values: dict[str, Any], *, touches: bool = True) -> None:
        name = self.find(side, number)
        if name is None:
            return
        if touches:
            self.touched.add(number)
        try:
            self.api(side).patch(self.world.tick(1_500), name, values)
        except (Rejected, Duplicate):
            return

    # the machine

    def poll(self, side: str) -> None:
        self.world.poll(side)

    def begin(self, side: str) -> None:
        self.world.begin(side)

    def finish(self, side: str, taken_over: bool) -> None:
        self.world.finish(side, taken_over=taken_over)

    def stale(self, side: str, number: int) -> None:
        self.world.poll(side, stale=self.find(side, number))

    def intake(self, side: str, count: int) -> None:
        self.world.intake(side, count)

    def fold(self, count: int) -> None:
        self.world.fold(count)

    def reforward(self, side: str, count: int) -> None:
        """Intake ended before it committed: it forwards its last changes once more."""
        self.world.forwarded[side] = max(0, self.world.forwarded[side] - count)
        self.world.intake(side)

    def restart(self, side: str) -> None:
        """A system's connector is another process."""
        self.world.sinks[side].restart(self.world.now)
        self.world.pollers[side].restart()

    def go(self, side: str) -> None:
        self.world.go(side)

    def sink(self, side: str, mode: str) -> None:
        self.world.sink(side, mode)

    def request(self, side: str, mode: str, said: bool) -> None:
        self.world.request(side, mode, said=said)

    def again(self, number: int) -> None:
        """An old entry of the log is delivered a second time, as a replayed topic would."""
        if self.world.log:
            self.world.append(self.world.log[number % len(self.world.log)].body)

    def wait(self, ms: int) -> None:
        for side in SYSTEMS:
            self.world.feed(side)
        self.world.tick(ms)
        self.world.nudge()

    def pause(self, system: str, closed: bool) -> None:
        self.world.decide("pause" if closed else "resume", flow="customer", direction=f"to-{system}")

    def replay(self) -> None:
        self.world.decide("parked.replay", all=True)

    def resolve(self, number: int, take: str) -> None:
        """A person settles one of the conflicts that are listed."""
        if self.world.conflicts:
            one = self.world.conflicts[number % len(self.world.conflicts)]
            rows = [row for row in self.world.links() if row.id == one.link_id]  # none after a loss
            self.touched |= {n for n, homes in self.homes.items() for row in rows if self._in(homes, row)}
            self.world.decide("conflicts.resolve", id=one.id, take=take)

    def _in(self, homes: dict[str, str], row: Any) -> bool:
        return bool({self.api(s).ref(n) for s, n in homes.items()} & {row.invoiced.ref, row.crm.ref})

    # the end

    def mend(self) -> None:
        """What was paused is resumed."""
        for system in SYSTEMS:
            self.pause(system, False)
