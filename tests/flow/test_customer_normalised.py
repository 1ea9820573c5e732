"""An API that changes what it is given: the user's value stands on its own side, and nobody writes again."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.flow.customer_api import PROPERTIES, SYSTEMS, Name, Record, other, show
from tests.flow.installation import Installation, Pair

FreshPair = Callable[[], Pair]
Fresh = Callable[[], Record]
both_sides = pytest.mark.parametrize("here", SYSTEMS)
# Property → what the API does with it, what the user writes, what the API keeps; `None`: what stood there before.
HABITS = {
    "name": ("trim", " Spaces Around AB ", "Spaces Around AB"),
    "city": ("upper", "Malmö", "MALMÖ"),
    "attention_to": ("truncate:4", "Reskontra", "Resk"),
    "fax": ("truncate:5", "+46 40 123", "+46 4"),
    "state": ("drop", "Bleka", None),
}
WRITTEN = {name: value for name, (_, value, _) in HABITS.items()}


@contextlib.contextmanager
def habits(installation: Installation, system: Name, path: str) -> Iterator[None]:
    """The API's habits, for writes to a path."""
    with contextlib.ExitStack() as stack:
        for name, (how, _, _) in HABITS.items():
            field = PROPERTIES[name][SYSTEMS.index(system)]
            fault = installation.api(system).fault("normalise", path, field=field, how=how)
            stack.enter_context(fault)
        yield


@both_sides
def test_an_edit_is_normalised(installation: Installation, pair: FreshPair, here: Name) -> None:
    """Each side keeps its own value, the difference is listed, one write was made, and a later edit moves nothing else."""
    one, there = pair(), other(here)
    kept = {name: value if value is not None else "Skåne" for name, (_, _, value) in HABITS.items()}
    since = installation.marks()
    with habits(installation, there, f"^/customers/{one.on(there)}$"):
        installation.api(here).edit(one.on(here), **WRITTEN)
        installation.until({there: kept}, lambda: {there: installation.shown(one, *kept)[there]})
        installation.api(here).edit(one.on(here), phone="+46 40 9")
        installation.until({"phone": "+46 40 9"}, lambda: installation.shown(one, "phone")[there])

        installation.quiet()
    listed = installation.link(here, one.on(here))["normalised"]
    assert installation.shown(one, *WRITTEN) == {here: WRITTEN, there: kept}
    assert {name: value[1] for name, value in listed[there].items()} == {
        name: kept[name] for name in HABITS.keys() - {"name"}
    }
    assert len(installation.writes_about(since, there, one.on(there))) == 2
    assert installation.writes_about(since, here, one.on(here)) == []


@both_sides
def test_a_create_is_normalised(installation: Installation, organisation: Fresh, here: Name) -> None:
    """A new record that is kept otherwise than it was sent does not change the one it was made from."""
    values, there = organisation() | WRITTEN, other(here)
    values["name"] = values["name"] + values["number"]
    with habits(installation, there, "^/customers$"):
        made = installation.api(here).create(**values)
        installation.until("linked", lambda: installation.link(here, made).get("state"))

        installation.quiet()
    stands = show(here, installation.api(here).get(made))
    assert {name: stands[name] for name in HABITS} == {name: values[name] for name in HABITS}


@both_sides
def test_a_normalised_value_is_edited(installation: Installation, pair: FreshPair, here: Name) -> None:
    """A person who then corrects the kept value has made an edit: it reaches the other side, and is equal again."""
    one, there = pair(), other(here)
    with habits(installation, there, f"^/customers/{one.on(there)}$"):
        installation.api(here).edit(one.on(here), city="Malmö")
        installation.until({"city": "MALMÖ"}, lambda: installation.shown(one, "city")[there])
        installation.settle()

    installation.api(there).edit(one.on(there), city="Malmö C")

    installation.until_both(one, city="Malmö C")
    assert installation.link(here, one.on(here))["normalised"][there] == {}
