"""One stack for all the violence: both systems hold the same 200 records of all flows, each connector has a standby."""

from collections.abc import Iterator

import pytest

from sandbox.stack import client
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.stock import fill
from tests.flow.installation import Installation
from tests.oracle.stack import SETTINGS

OPTIONS = Options(seed="none", poll=0.5, gate="auto", standby=True)


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The running stack; it ends with the last test of this folder."""
    root = tmp_path_factory.mktemp("chaos")
    layout = Layout(root)
    layout.make()
    fill(layout.state)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SETTINGS.items():
            environment.setenv(name, value)
        with client.running(OPTIONS, root) as manifest:
            yield Installation.of(manifest)


@pytest.fixture
def installation(stack: Installation) -> Iterator[Installation]:
    """The stack; no planned fault outlives a test."""
    yield stack
    for api in (stack.invoiced, stack.crm):
        api.http.post("/_sandbox/reset", json={"what": ["faults"]}).raise_for_status()


@pytest.fixture
def processes(installation: Installation) -> Processes:
    """The stack's processes."""
    return Processes(installation)


@pytest.fixture
def ledger(installation: Installation) -> Ledger:
    """What both sides agree on as the test begins."""
    return Ledger.opened(installation)
