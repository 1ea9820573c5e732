"""One parent with many children: no row grows with them, no event does more than its share, and all are told."""

from functools import cache

from msgspec.structs import replace

from streams.domain.keys import link_key
from streams.domain.references import id_of
from streams.domain.view import Effects
from tests.property.rows import Rows
from tests.property.scenes import HERE, THERE, edit, organisation, partner
from tests.property.world import CONFIG, World

WORK = 100
MANY, FEW = 500, 20
PAST_BREAKERS = {"change_links": 10 * MANY, "delete_links": 10 * MANY}


class Measured(Rows):
    """Rows that remember the longest of them, and the most links one event has written."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0
        self.links = 0

    def apply(self, effects: Effects) -> None:
        prefix = link_key(CONFIG.tenant, "")
        self.longest = max([self.longest, *(len(value) for value in effects.writes.values() if value)])
        self.links = max(self.links, sum(key.startswith(prefix) for key in effects.writes))
        super().apply(effects)


def _family(children: int) -> tuple[World, Measured]:
    """Children whose parent is archived on its only side: they are made first, and wait for it."""
    world = World(replace(CONFIG, work=WORK, **PAST_BREAKERS))
    rows = world.rows = Measured()
    world.turn()
    organisation(world, HERE, 0, active=False)
    for number in range(1, children + 1):
        organisation(world, HERE, number, parent_customer=1)
    _on(world)
    return world, rows


def _on(world: World, turns: int = 6) -> None:
    """Enough rounds for all of it; the sinks look nothing up by hand, so this stays a matter of seconds."""
    for _ in range(turns):
        world.turn(1_000)


def _named(world: World, system: str, field: str) -> set[str]:
    """The parents that the children name."""
    records = world.apis[system].records
    return {
        str(record[field])
        for record in records.values()
        if record["name" if system == HERE else "Name"] != "Org 0"
    }


@cache
def _told(children: int) -> Measured:
    """Linked, replaced and restored: after each, every child has its reference on both sides."""
    world, rows = _family(children)
    assert len(world.apis[THERE].records) == children
    assert _named(world, THERE, "ParentId") == {"None"}

    edit(world, HERE, "1", active=True)
    _on(world)
    there = id_of(str(partner(world, f"{HERE}:customer:1")))
    assert _named(world, THERE, "ParentId") == {there}

    world.apis[HERE].destroy("1")
    _on(world)
    edit(world, THERE, there, IsDeleted=False)
    _on(world)
    here = id_of(str(partner(world, f"{THERE}:customer:{there}")))
    assert here != "1"
    assert _named(world, HERE, "parent_customer") == {here}
    assert _named(world, THERE, "ParentId") == {there}
    return rows


def test_every_child_has_its_parent() -> None:
    """A parent that is linked late, and made anew under the same link, is named by all its children in the end."""
    _told(MANY)


def test_no_row_grows_with_the_children() -> None:
    """The longest row of a family of hundreds is as long as that of a small one, but for the length of numbers."""
    assert _told(MANY).longest < 1.2 * _told(FEW).longest


def test_no_event_does_more_than_its_share() -> None:
    """However many wait for a parent, one event computes at most `work` links and the one it is about."""
    assert WORK // 2 < _told(MANY).links <= WORK + 1
