"""What users did, as the verdict will weigh it."""

from typing import Any

import pytest

from tests.flow.customer_api import Name, Record
from tests.oracle.acting import Telling
from tests.oracle.entities import CUSTOMER, kept
from tests.oracle.steps import Act, Story
from tests.oracle.things import PARENT, Thing


class Shelf:
    """Records by their paths: what a user writes is what they read."""

    def __init__(self) -> None:
        self.records: dict[tuple[Name, str], Record] = {}

    def write(self, system: Name, method: str, path: str, content: Record | None = None) -> Record | None:
        """A new record has a number of its own."""
        if method == "POST":
            number = 1 + len(self.records)
            made = {**(content or {}), "Id" if system == "crm" else "id": number}
            self.records[system, f"{path}/{number}"] = made
            return made
        self.records[system, path].update(content or {})
        return self.records[system, path]

    def read(self, system: Name, path: str) -> Record | None:
        """One record."""
        return self.records.get((system, path))


def _nothing_written(*_: Any) -> bool:
    return False


def _refer(parent: str) -> Act:
    return Act("refer", "C", "invoiced", parent=parent)


def test_who_enters_the_parent_that_stands_there_edits_nothing() -> None:
    """It is no wish beside the other side's: nothing was decided between two."""
    shelf: Any = Shelf()
    telling = Telling(Story(0, ()), "T", kept(), shelf)
    for thing in "ABC":
        telling.act(Act("create", thing, "invoiced", {"name": thing}, entity="customer"))

    telling.act(_refer("A"))
    telling.act(_refer("A"))
    first = telling.things["C"].finals(PARENT, _nothing_written)["invoiced"]
    telling.act(_refer("B"))
    second = telling.things["C"].finals(PARENT, _nothing_written)["invoiced"]

    assert (first.value, first.order) == ("TA", 4)
    assert (second.value, second.order) == ("TB", 6)


@pytest.mark.parametrize("arrived", [True, False])
def test_a_clear_counts_where_the_other_sides_value_had_arrived(arrived: bool) -> None:
    """Nothing stood there; a value of the other side's came, or came not, before it was cleared."""
    thing = Thing("A", "TA", CUSTOMER, agreed={"invoiced": {"email": None}, "crm": {"email": None}})
    thing.give(1, "invoiced", {"email": "a@b.example"})
    thing.give(2, "crm", {"email": None})

    finals = thing.finals("email", lambda side, *_: arrived and side == "crm")

    assert sorted(finals) == (["crm", "invoiced"] if arrived else ["invoiced"])


@pytest.mark.parametrize("arrived", [True, False])
def test_who_gives_a_value_once_more_edits_nothing(arrived: bool) -> None:
    """What stands there was given by the same user; the other side's value had come in between, or not."""
    thing = Thing("A", "TA", CUSTOMER, agreed={"invoiced": {"country": "IT"}, "crm": {"country": "IT"}})
    thing.give(1, "invoiced", {"country": "SE"})
    thing.give(2, "crm", {"country": "PL"})
    thing.give(3, "invoiced", {"country": "SE"})

    finals = thing.finals("country", lambda side, *_: arrived and side == "invoiced")

    assert finals["invoiced"].order == (3 if arrived else 1)
