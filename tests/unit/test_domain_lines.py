"""Lines of an order where answers are lost, values rounded and records made anew: each stands once, and none is lost."""

import pytest

from connectors.errors import Unreadable
from connectors.lines import Listed, seen, shown
from connectors.look import Look
from schemas.records import Command, Json
from tests.property.apis import normalising
from tests.property.orders import enter, entries, line, order, orders
from tests.property.orders import shown as stands
from tests.property.scenes import HERE, THERE
from tests.property.world import World

LINES = Listed("Lines", "LineId")
ADDED = Command("c", "default", "link", "crm", "order", "order", "update", 1, "crm:order:1",
                changed=("Lines.1", "Lines.1.Name", "Lines.1.UnitPrice"),
                values={"Lines.1": True, "Lines.1.Name": "figs", "Lines.1.UnitPrice": "10.126"})  # fmt: skip


def _there(world: World) -> str:
    (found,) = [name for name in world.apis[THERE].records if world.apis[THERE].kind(name) == "order"]
    return found


@pytest.mark.parametrize("mode", ["lost", "end_lost", "die_after"])
def test_a_new_line_is_rounded_and_its_answer_lost(mode: str) -> None:
    """It is met before anybody was told of it, with another price than was sent: it is the one we made."""
    world = orders()
    here = order(world, HERE, 1, line(HERE, "apples"))
    world.settle()
    world.apis[THERE].normalise = normalising(Lines__UnitPrice="round:1")
    enter(world, HERE, here, [*entries(world, HERE, here), line(HERE, "figs", 1, "10.126")])
    world.go(HERE)
    world.sink(THERE, mode)
    world.go(THERE)
    world.settle()

    assert [one[0] for one in stands(world, HERE, here)] == ["apples", "figs"]
    assert [one[0] for one in stands(world, THERE, _there(world))] == ["apples", "figs"]
    assert stands(world, HERE, here)[1][2] == "10.126"


def test_a_rounded_line_of_an_attempt_without_an_answer_is_known() -> None:
    """What may be ours counts only where something of ours may be there."""
    image: dict[str, Json] = {"Lines": [{"LineId": "a", "Name": "figs", "UnitPrice": "10.13"}]}

    assert shown(LINES, ADDED, image)[1] == {}
    assert shown(LINES, ADDED, image, "doubtful")[1] == {"1": "a"}


@pytest.mark.parametrize("image", [{}, {"Lines": None}])
def test_a_record_that_does_not_show_its_lines(image: dict[str, Json]) -> None:
    """It says nothing of them: no list is written that would delete them all."""
    with pytest.raises(Unreadable, match="does not show its Lines"):
        seen(LINES, ADDED, Look(image), "known")
