"""A process that sleeps through its lease or its session is replaced; when it wakes it does no harm."""

import contextlib

import pytest

from tests.chaos.oracle import Ledger
from tests.chaos.outsider import Outsider, out_of_order
from tests.chaos.processes import UP_S, Processes
from tests.chaos.stock import EDITED_NAMES
from tests.chaos.users import Users
from tests.flow.customer_api import SYSTEMS, Name, Record, other, show
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SEED, EDITS = 40, 60
TOPICS = [
    *(f"tandem.invoiced.{entity}" for entity in ("customer", "contact", "item")),
    *(f"tandem.crm.{entity}" for entity in ("customer", "contact", "product")),
]


def check_topics(processes: Processes) -> None:
    """In the change topics no older image stands behind a newer one."""
    outsider = Outsider(processes)
    by_ref = [outsider.changes(topic) for topic in TOPICS]

    assert [fault for refs in by_ref for one in refs.values() for fault in out_of_order(one)] == []


def arrives(installation: Installation, ledger: Ledger, users: Users, system: Name, **values: str) -> None:
    """An edit on one side reaches the other."""
    users.edit(system, EDITED_NAMES[0], **values)
    there = other(system)
    place = ledger.places[EDITED_NAMES[0]][there]

    def shown() -> Record:
        found = show(there, installation.api(there).get(place.id))
        return {key: found[key] for key in values}

    installation.until(values, shown, UP_S)


def test_connectors_asleep(installation: Installation, processes: Processes, ledger: Ledger) -> None:
    """Both connectors are stopped with a write under way; their standbys go on, and the sleepers end when they wake."""
    users = Users(installation, ledger, SEED)
    holders: dict[Name, str] = {system: processes.lease_holder(system) for system in SYSTEMS}
    with contextlib.ExitStack() as stack:
        slow = [
            stack.enter_context(
                installation.api(system).fault("delay", "^/customers/", method="PATCH", delay_ms=500, times=1)
            )
            for system in SYSTEMS
        ]
        users.work(EDITS)
        installation.until([1, 1], lambda: [fault.hits() for fault in slow])
        sleepers = stack.enter_context(processes.asleep(*holders.values()))
        users.work(EDITS)
        for system in SYSTEMS:
            standby = lambda system=system: processes.lease_holder(system) not in {"", holders[system]}  # noqa: E731  # read again and again
            installation.until(True, standby, UP_S)
        arrives(installation, ledger, users, "invoiced", attention_to="Meanwhile")
        arrives(installation, ledger, users, "crm", city="Meanwhile")
    processes.renewed(*sleepers)
    processes.up()

    users.work(EDITS)
    users.finish()
    ledger.check()
    check_topics(processes)


def test_worker_asleep(installation: Installation, processes: Processes, ledger: Ledger) -> None:
    """The worker that folds the log is stopped in the middle of it; another goes on, and the sleeper does no harm when it wakes."""
    users = Users(installation, ledger, SEED + 1)
    processes.start("worker-1")
    installation.until(True, lambda: processes.log_owner() != "")
    sleeper = processes.log_owner()
    users.work(EDITS)
    with processes.asleep(sleeper):
        users.work(EDITS)
        installation.until(True, lambda: processes.log_owner() not in {"", sleeper}, UP_S)
        arrives(installation, ledger, users, "invoiced", attention_to="Meanwhile by another")
        arrives(installation, ledger, users, "crm", city="Meanwhile by another")
    processes.up()  # it joins the group again, or ends because its successor has shut it out of the log

    users.work(EDITS)
    users.finish()
    processes.stop("worker-1")
    ledger.check()
    check_topics(processes)
