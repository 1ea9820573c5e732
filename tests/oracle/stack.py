"""The stack the stories are told to: as always, but that an item which is gone is believed to be gone sooner."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.stack import client
from sandbox.stack.options import Options
from tests.flow.installation import Installation

OPTIONS = Options(seed="none", poll=0.5, gate="auto")
GONE = "TANDEM_INVOICED__ITEM_CONFIRM_S"
GONE_S = "2"


@contextmanager
def started(root: Path) -> Iterator[Installation]:
    """A running stack in a folder of its own; the setting reaches it as it would reach `make up`."""
    before = os.environ.get(GONE)
    os.environ[GONE] = GONE_S
    try:
        with client.running(OPTIONS, root) as manifest:
            yield Installation.of(manifest)
    finally:
        if before is None:
            del os.environ[GONE]
        else:
            os.environ[GONE] = before
