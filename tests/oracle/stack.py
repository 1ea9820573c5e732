"""The stack the stories are told to: as always, but faster in what only costs time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.stack import client
from sandbox.stack.options import Options
from tests.flow.installation import Installation

OPTIONS = Options(seed="none", poll=0.5, gate="auto")
# An item is gone when it has not been there for two minutes; a crash while it is made anew is to last longer.
# With so many faults at once the usual rate would be throttled down to a request a second.
SETTINGS = {
    "TANDEM_INVOICED__ITEM_CONFIRM_S": "2",
    "TANDEM_INVOICED__RPS": "200",
    "TANDEM_CRM__RPS": "200",
}


@contextmanager
def started(root: Path) -> Iterator[Installation]:
    """A running stack in a folder of its own; the settings reach it as they would reach `make up`."""
    before = {name: os.environ.get(name) for name in SETTINGS}
    os.environ.update(SETTINGS)
    try:
        with client.running(OPTIONS, root) as manifest:
            yield Installation.of(manifest)
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})
