"""A whole sandbox for the flow's tests: both systems hold organisations before Tandem is started for the first time."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.stack import client
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from tests.flow.customer_api import SYSTEMS, Record
from tests.flow.first_records import DELAYED, fill, whole
from tests.flow.installation import Installation, Pair

FirstRun = tuple[Installation, list[Pair]]
STOCK = 150
# An item is gone when it has not been there for two minutes; nobody here waits for that.
SOON_GONE = ("TANDEM_INVOICED__ITEM_CONFIRM_S", "2")


@contextmanager
def first_run_of(root: Path, options: Options, stock: int) -> Iterator[FirstRun]:
    """A stack that finds both systems filled, and the pairs that stand on both sides."""
    layout = Layout(root)
    layout.make()
    pairs = [Pair(*ids) for ids in asyncio.run(fill(layout.state, stock))]
    with client.running(options, root) as manifest:
        yield Installation.of(manifest), pairs


@pytest.fixture(scope="package")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRun]:
    """The folder's stack and the pairs it found on its first run; the CRM's backfill was far behind."""
    root = tmp_path_factory.mktemp("installation")
    faults = root / "faults.json"
    faults.write_text(DELAYED)
    options = Options(seed="none", poll=0.5, gate="auto", faults=str(faults))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(*SOON_GONE)
        with first_run_of(root, options, STOCK) as found:
            yield found


@pytest.fixture(scope="package")
def first_made(first_run: FirstRun) -> set[str]:
    """The names of all that Tandem's first run created, before any test could have it create more."""
    installation = first_run[0]
    installation.settle()
    return {
        str(request["body"].get("name") or request["body"].get("Name"))
        for system in SYSTEMS
        for request in installation.api(system).requests(0)
        if request["method"] == "POST"
    }


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstRun]:
    """A stack of its own whose gate waits for approval."""
    options = Options(seed="none", poll=0.5, gate="held")
    with first_run_of(tmp_path_factory.mktemp("held"), options, 4) as found:
        yield found


@pytest.fixture(scope="package")
def installation(first_run: FirstRun, first_made: set[str]) -> Installation:
    """The folder's stack. Faults are planned in blocks, so none outlives its test."""
    return first_run[0]


@pytest.fixture(scope="package")
def pair(first_run: FirstRun) -> Callable[[], Pair]:
    """Gives linked organisations, equal on both sides with no property empty, that no other test touches."""
    return first_run[1].pop


@pytest.fixture
def organisation() -> Callable[[], Record]:
    """Gives values of an organisation that neither system knows, under our names, no property empty."""
    return lambda: whole(uuid.uuid4().hex[:8])
