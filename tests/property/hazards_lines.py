"""Hazards of lines: both systems take a list as the new full set, whoever has been at it meanwhile."""

from typing import Any

from streams.domain.rows import LinkRow
from tests.property.hazards import hazard
from tests.property.orders import enter, entries, line, order, orders, shown
from tests.property.scenes import HERE, THERE, quiet


def _not_given_back(_fold: Any, _flow: Any, row: LinkRow, _result: Any) -> LinkRow:
    return row


@hazard(
    "A19b",
    "streams/domain/line_returns.py:returned",
    "went with our write",
    {"streams.domain.overwriting.returned": _not_given_back},
)
def line_added_between_our_look_and_our_write() -> None:
    """A line that a user adds while our set of lines is on its way is not in it: it is given back to both sides."""
    world = orders()
    name = order(world, HERE, 1, line(HERE, "one"), line(HERE, "two"))
    world.settle()
    there = str(world.link(f"{HERE}:invoice:{name}").crm.ref).split(":")[2]
    enter(world, THERE, there, entries(world, THERE, there)[1:])
    world.go(THERE)
    world.request(HERE)  # the look
    enter(world, HERE, name, [*entries(world, HERE, name), line(HERE, "three", 3, 30)])
    world.request(HERE)
    world.settle()
    expected = [("two", "1", "10"), ("three", "3", "30")]
    assert shown(world, HERE, name) == expected, "the line a user has added went with our write"
    assert shown(world, THERE, there) == expected
    quiet(world)
