"""What is drawn is told again by its seed, is long enough, and means to reach every cell."""

from tests.oracle.coverage import cells
from tests.oracle.drawing import stories_and_cells, volume
from tests.oracle.entities import ALL
from tests.oracle.running import STORIES
from tests.oracle.steps import Act

LEAST = 40


def test_a_volume_means_to_reach_every_cell() -> None:
    """The stories of one volume are of 40 steps or more, and plan for every cell of the table."""
    drawn = stories_and_cells(ALL, 0, 1, STORIES)

    assert min(story.steps for story, _ in drawn) >= LEAST
    assert sorted(set(cells(ALL)) - {cell for _, found in drawn for cell in found}) == []


def test_a_seed_tells_the_same_stories_again() -> None:
    """The same seed, the same stories; another seed, others."""
    assert volume(ALL, 0, 7, 2) == volume(ALL, 0, 7, 2)
    assert volume(ALL, 0, 7, 2) != volume(ALL, 0, 8, 2)


def test_a_thing_is_made_before_anything_happens_to_it() -> None:
    """Every act after the first about a thing follows its create."""
    for story in volume(ALL, 0, 2, 3):
        born: set[str] = set()
        for act in (step for chapter in story.chapters for step in chapter if isinstance(step, Act)):
            assert (act.thing in born) != (act.operation == "create")
            born.add(act.thing)
