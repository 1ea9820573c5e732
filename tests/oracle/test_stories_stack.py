"""Stories of users on both sides, faults and restarts, told side by side to one stack: both sides end equal, or it is listed."""

from collections.abc import Iterator

import pytest

from tests.flow.installation import Installation
from tests.oracle.entities import kept
from tests.oracle.running import STORIES, Run
from tests.oracle.stack import started

pytestmark = [pytest.mark.stack, pytest.mark.long, pytest.mark.timeout(600)]

SEED = 4


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A stack of its own: what is killed here is missed by nobody else."""
    with started(tmp_path_factory.mktemp("oracle")) as found:
        yield found


def test_stories_converge(installation: Installation) -> None:
    """Each story ends equal or listed, nothing twice, no edit lost, then quiet; every cell of the table was reached."""
    told: list[str] = []

    report = Run(SEED, installation, kept(), told.append).tell(0)

    wrong = [f"{step.name}: {step.actual}" for step in report.steps if not step.ok]
    assert report.ok, "\n".join([*told, *wrong])
    assert report.figures["stories"].value >= STORIES
    assert report.figures["steps"].value >= 40 * STORIES
