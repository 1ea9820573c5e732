"""Stories of users on both sides, faults and restarts, told side by side to one stack: both sides end equal, or it is listed."""

import pytest

from tests.flow.installation import Installation
from tests.oracle.entities import kept
from tests.oracle.running import STORIES, Run

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

SEED = 4


def test_stories_converge(installation: Installation) -> None:
    """Each story ends equal or listed, nothing twice, no edit lost, then quiet; every cell of the table was reached."""
    told: list[str] = []

    report = Run(SEED, installation, kept(), told.append).tell(0)

    wrong = [f"{step.name}: {step.actual}" for step in report.steps if not step.ok]
    assert report.ok, "\n".join([*told, *wrong])
    assert report.figures["stories"].value >= STORIES
    assert report.figures["steps"].value >= 40 * STORIES
