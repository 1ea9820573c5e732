"""Pages made out of the code say what the code says."""

from pathlib import Path

import pytest

from ops.reference import pages


@pytest.mark.parametrize("place", sorted(pages()), ids=lambda place: place.name)
def test_the_page_is_in_step(place: Path) -> None:
    """A generated page is the one the code would write now: `python -m ops.reference`."""
    assert place.read_text() == pages()[place]
