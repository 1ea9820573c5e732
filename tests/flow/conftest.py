"""A whole sandbox for the flow's tests: both systems hold organisations before Tandem is started for the first time."""

import asyncio
import uuid
from collections.abc import Callable, Iterator

import pytest

from sandbox.stack import client
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from tests.flow.customer_api import Record
from tests.flow.first_records import DELAYED, fill, whole
from tests.flow.installation import Installation, Pair


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, list[Pair]]]:
    """The session's stack and the pairs it found on its first run; the CRM's backfill was far behind."""
    root = tmp_path_factory.mktemp("installation")
    layout = Layout(root)
    layout.make()
    stock = asyncio.run(fill(layout.state))
    faults = root / "faults.json"
    faults.write_text(DELAYED)
    options = Options(seed="none", poll=0.5, gate="auto", faults=str(faults))
    with client.running(options, root) as manifest:
        yield Installation.of(manifest), [Pair(*ids) for ids in stock]


@pytest.fixture
def installation(first_run: tuple[Installation, list[Pair]]) -> Iterator[Installation]:
    """The session's stack; no planned fault outlives a test."""
    yield first_run[0]
    for api in (first_run[0].invoiced, first_run[0].crm):
        api.http.post("/_sandbox/reset", json={"what": ["faults", "switches"]}).raise_for_status()


@pytest.fixture
def pair(first_run: tuple[Installation, list[Pair]]) -> Callable[[], Pair]:
    """Gives linked organisations, equal on both sides with no property empty, that no other test touches."""
    return first_run[1].pop


@pytest.fixture
def organisation() -> Callable[[], Record]:
    """Gives values of an organisation that neither system knows, under our names, no property empty."""
    return lambda: whole(uuid.uuid4().hex[:8])
