"""The page of hazards leaves none out, and names only what is there."""

from collections import Counter

from tests.property.hazards import REGISTER
from tests.property.hazards_elsewhere import BESIDE
from tests.property.hazards_page import PAGE, missing, page, rows, shown_by

COUNTS = {"A": 19, "B": 22, "N": 16, "T": 20}


def test_every_hazard_stands_there_once() -> None:
    """None is left out and none is there twice; what is told beside a story belongs to one."""
    counted = Counter(one.id for one in rows())
    known = {f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)}

    assert [name for name, count in counted.items() if count > 1] == []
    assert sorted(known - counted.keys()) == []
    assert sorted(BESIDE.keys() - REGISTER.keys()) == []


def test_every_hazard_is_shown_by_a_test_that_is_there() -> None:
    """A test that is renamed or taken away is missed here; only what belongs to a later flow has none."""
    lacking = {one.id: missing(shown_by(one)) for one in rows()}
    bare = [one.id for one in rows() if not shown_by(one) and not getattr(one, "later", "")]

    assert {name: tests for name, tests in lacking.items() if tests} == {}
    assert bare == []


def test_a_renamed_test_would_be_missed() -> None:
    """What is not there is found missing: another name in the same file, or another file."""
    name = next(name for one in rows() for name in shown_by(one))

    assert missing([name, f"{name}_renamed", f"other_{name}"]) == [f"{name}_renamed", f"other_{name}"]


def test_the_page_is_in_step() -> None:
    """The page is the one the table would write now: `python -m tests.property.hazards_page`."""
    assert PAGE.read_text() == page()
