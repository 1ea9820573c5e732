"""Two connectors for one system, one after the other or both at once, write everything once."""

import contextlib
from collections import Counter

import pytest

from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.stock import EDITED_NAMES
from tests.chaos.users import Users
from tests.flow.customer_api import SYSTEMS, other
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SEED = 50


def test_create_without_answer_and_killed(
    installation: Installation, processes: Processes, ledger: Ledger
) -> None:
    """A create is carried out, its answer lost, the connector killed before it can ask: one record, on either side."""
    with contextlib.ExitStack() as stack:
        lost = {
            there: stack.enter_context(
                installation.api(there).fault("lose_response", "^/customers$", method="POST", times=1)
            )
            for there in SYSTEMS
        }
        for there in SYSTEMS:
            name = f"Answer lost in {there}"
            installation.api(other(there)).create(name=name, number=f"L{SEED}-{there}", country="SE")
            ledger.born.append(name)
        for there, fault in lost.items():
            installation.until(1, fault.hits)
            holder = processes.lease_holder(there)
            processes.renewed((holder, processes.kill(holder)))

    ledger.check()


def test_handed_over_under_load(installation: Installation, processes: Processes, ledger: Ledger) -> None:
    """Each edit is written once while the connectors of both systems are restarted and their standbys take over."""
    users, since = Users(installation, ledger, SEED), installation.marks()
    before = {system: processes.lease_holder(system) for system in SYSTEMS}
    for number, name in enumerate(EDITED_NAMES):
        users.edit("invoiced", name, attention_to=f"Handed over {number}")
        users.edit("crm", name, city=f"Handed over {number}")
        if number == len(EDITED_NAMES) // 2:
            processes.restart(*before.values())

    ledger.check()
    written = Counter(
        (system, one["path"])
        for system in SYSTEMS
        for one in installation.api(system).requests(getattr(since, system))
        if one["applied"]
    )
    wanted = [(system, ledger.places[name][system].path) for name in EDITED_NAMES for system in SYSTEMS]
    assert written == Counter(wanted)
    assert [system for system in SYSTEMS if processes.lease_holder(system) == before[system]] == []
