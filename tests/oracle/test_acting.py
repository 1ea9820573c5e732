"""What users did, as the verdict will weigh it."""

from typing import Any

from tests.flow.customer_api import Name, Record
from tests.oracle.acting import Telling
from tests.oracle.entities import kept
from tests.oracle.steps import Act, Story
from tests.oracle.things import PARENT


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
    first = telling.things["C"].finals(PARENT)["invoiced"]
    telling.act(_refer("B"))
    second = telling.things["C"].finals(PARENT)["invoiced"]

    assert (first.value, first.order) == ("TA", 4)
    assert (second.value, second.order) == ("TB", 6)
