"""Telling stories side by side on one stack: a chapter of all, what is killed, everything arrives, the verdict over each."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from msgspec import Struct, field

from tests.chaos.processes import Processes
from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.installation import Installation, Marks
from tests.oracle.acting import Telling
from tests.oracle.coverage import NONE, RESTART, Cell, reachable
from tests.oracle.entities import Entity
from tests.oracle.faults import Faults, everything
from tests.oracle.lists import Lists
from tests.oracle.shelves import Shelves
from tests.oracle.spelling import canonical
from tests.oracle.steps import Act, Fault, Kill, Plan, Step, Story
from tests.oracle.things import PARENT, Thing
from tests.oracle.verdict import Judge

SETTLE_S = 90.0
Log = Mapping[Name, Sequence[Record]]
ROUNDS, QUIET_ROUNDS = 4, 2  # events may be late, what is gone is asked for twice


class Outcome(Struct):
    """What came of a telling: faults by the number of the story, cells that were reached, differences that are listed."""

    wrong: dict[int, list[str]] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    listed: int = 0
    skipped: int = 0
    writes: list[tuple[str, str]] = field(default_factory=list)


class Teller(Struct):
    """Tells stories; `run` and the count of tellings make the names of their records nobody else's."""

    installation: Installation
    entities: Mapping[str, Entity]
    run: str
    told: int = 0

    def tell(self, stories: Sequence[Story], *, quiet: bool = True) -> Outcome:
        """Tells them side by side; `quiet`: afterwards nothing may be written any more."""
        self.told += 1
        tellings = [
            Telling(story, f"Q{self.run}T{self.told}S{place}", self.entities, Shelves(self.installation))
            for place, story in enumerate(stories)
        ]
        outcome = Outcome()
        for number in range(max(len(story.chapters) for story in stories)):
            self._chapter(tellings, number, outcome)
        outcome.skipped = sum(one.skipped for one in tellings)
        if quiet:
            since = self.installation.marks()
            self.installation.settle(QUIET_ROUNDS, SETTLE_S)
            outcome.writes = self.installation.writes(since)
        return outcome

    def _chapter(self, tellings: Sequence[Telling], number: int, outcome: Outcome) -> None:
        since, faults = self.installation.marks(), Faults(self.installation)
        chapters = [
            one.story.chapters[number] if number < len(one.story.chapters) else () for one in tellings
        ]
        self._carry_out(tellings, chapters, faults)
        self._kill(sorted({one.process for chapter in chapters for one in chapter if isinstance(one, Kill)}))
        self.installation.settle(ROUNDS, SETTLE_S)
        log = _log(self.installation, since)
        things = {thing.mark: thing for one in tellings for thing in one.things.values()}
        outcome.cells += faults.met(log, things)
        faults.clear()
        for telling, chapter in zip(tellings, chapters, strict=True):
            outcome.cells += _plain(telling, chapter)
        self._judge(tellings, log, number, outcome)

    def _carry_out(
        self, tellings: Sequence[Telling], chapters: Sequence[Sequence[Step]], faults: Faults
    ) -> None:
        """A step of each story in turn; a fault is planned right before what is to meet it."""
        for row in zip_longest(*(_acts(chapter) for chapter in chapters)):
            for telling, found in zip(tellings, row, strict=True):
                if found is None:
                    continue
                fault, act = found
                if fault is not None:
                    faults.plan(fault, act, telling)
                telling.act(act)

    def _kill(self, names: Sequence[str]) -> None:
        processes = Processes(self.installation)
        dead = [(name, processes.kill(name)) for name in names]
        if dead:
            processes.renewed(*dead)
            processes.up()

    def _judge(self, tellings: Sequence[Telling], log: Log, number: int, outcome: Outcome) -> None:
        known = [thing for telling in tellings for thing in telling.things.values()]
        parents = {one for thing in known for one in thing.parents if one is not None}
        sightings = Shelves(self.installation).all(self.entities, sorted(parents))
        refs = {
            one.ref: mark for mark, found in sightings.items() for one in found if one.shelf == "customers"
        }
        things = {thing.mark: thing for thing in known}

        def written(side: Name, mark: str, name: str, value: Any, before: Any = ...) -> bool:
            thing, writes = things[mark], log[side]
            if before is not ...:
                by_users = [
                    n for n, one in enumerate(writes) if _wrote("user", one, side, thing, name, before)
                ]
                writes = writes[: by_users[-1]] if by_users else []
            return any(_wrote("tandem", one, side, thing, name, value) for one in writes)

        judge = Judge(Lists(self.installation), written, lambda thing: _unseen(log["invoiced"], thing), refs)
        for telling in tellings:
            wrong = outcome.wrong.setdefault(telling.story.number, [])
            for thing in telling.things.values():
                parent = telling.things[thing.parent].mark if thing.parent in telling.things else None
                found = judge.faults(thing, sightings.get(thing.mark, []), parent)
                wrong += [f"{one} (chapter {number + 1})" for one in found]
        outcome.listed += judge.listed


def _acts(chapter: Sequence[Step]) -> Iterator[tuple[Fault | None, Act]]:
    """The acts of a chapter, each with the fault that was planned for it."""
    fault: Fault | None = None
    for step in chapter:
        if isinstance(step, Plan):
            fault = step.kind
        elif isinstance(step, Act):
            yield fault, step
            fault = None


def _plain(telling: Telling, chapter: Sequence[Step]) -> Iterator[Cell]:
    """The cells of what met no fault but, if so, a restart."""
    killed = any(isinstance(one, Kill) for one in chapter)
    for fault, act in _acts(chapter):
        thing = telling.things.get(act.thing)
        if fault is None and thing is not None and act.operation in thing.acts:
            entity = thing.was if act.operation == "flow" else thing.entity.name
            cell = Cell(entity, act.operation, RESTART if killed else NONE)
            if reachable(telling.entities[entity], act.operation, cell.fault):
                yield cell


def _log(installation: Installation, since: Marks) -> Log:
    """Every request of anybody in a chapter, read once."""
    ends = {"invoiced": since.invoiced, "crm": since.crm}
    return {system: [*everything(installation.api(system), ends[system])] for system in SYSTEMS}


def _unseen(log: Sequence[Record], thing: Thing) -> bool:
    """Whether Tandem wrote to a record after a user had, without having looked in between; a stale look saw nothing."""
    edited = False
    for entry in log:
        if not str(entry["path"]).endswith(f"/{thing.ids.get('invoiced')}"):
            continue
        if entry["actor"] == "user":
            edited = edited or entry["method"] != "GET"
        elif entry["method"] != "GET" and edited:
            return True
        elif not entry["fault"]:
            edited = False
    return False


def _wrote(actor: str, entry: Record, side: Name, thing: Thing, name: str, value: Any) -> bool:
    theirs = entry["actor"] == actor and entry["method"] != "GET" and entry["applied"]
    if not theirs or not str(entry["path"]).endswith(f"/{thing.ids.get(side)}"):
        return False
    body = entry["body"] or {}
    if name == PARENT:
        return not {"ParentId", "CustomerId", "parent_customer"}.isdisjoint(body)
    wanted = thing.entity.property(name)
    own = wanted.on(side)
    if "+" in own:
        return "LastName" in body and str(value).endswith(str(body["LastName"]))
    outer, _, inner = own.partition(".")
    found = (body.get(outer) or {}).get(inner) if inner else body.get(outer, ...)
    return found is not ... and canonical(wanted, found) == value
