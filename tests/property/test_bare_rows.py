"""Look-ups told from a part of a row are those that the whole row gives."""

from typing import Any

from hypothesis import given

from streams.domain.bare import reader
from streams.domain.index import index_entries
from tests.property.tellers import Teller
from tests.property.test_stories import wild
from tests.property.world import CONFIG, World


def compare(world: World) -> int:
    """How many rows bring look-ups."""
    entries = reader(CONFIG)
    found = 0
    for key, value in world.rows.data.items():
        expected = index_entries(CONFIG, key, value)
        assert entries(key, value) == expected
        found += bool(expected)
    return found


@given(wild)
def test_any_row_brings_the_same_look_ups(story: list[Any]) -> None:
    """Whatever state a story leaves rows in, while it is told and when all has settled."""
    teller = Teller()
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.settle()
    for number, move in enumerate(story):
        teller.tell([move])
        if number % 5 == 0:
            compare(teller.world)
    teller.mend()
    teller.world.settle()
    compare(teller.world)


def test_a_child_is_not_bare() -> None:
    """A link in step whose record names a parent is found by it."""
    teller = Teller()
    for number in (0, 1):
        teller.born("twins", number)
    teller.world.settle()
    assert compare(teller.world) == 0
    teller.tell([("adopt", "invoiced", 0, 1)])
    teller.world.settle()
    assert compare(teller.world) == 1
