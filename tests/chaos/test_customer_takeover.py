"""Two connectors for one system, one after the other or both at once, write everything once."""

import contextlib
import itertools
from collections import Counter
from random import Random

import pytest

from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.stock import EDITED_BY_ENTITY, PARENT_NAMES, STOCK
from tests.chaos.users import Users
from tests.flow.customer_api import SYSTEMS, Fault, Name, other
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SEED, HANDED = 50, 45
# Where an organisation, a person, a contact and a product are made, and how many of them.
POSTS: dict[Name, dict[str, int]] = {
    "invoiced": {"^/customers$": 2, r"^/customers/\d+/contacts$": 1, "^/items$": 1},
    "crm": {"^/customers$": 1, "^/contacts$": 2, "^/products$": 1},
}
# What is edited while the connectors change over: one property a side, of each flow.
HANDED_OVER: dict[str, tuple[str, str]] = {
    "customer": ("attention_to", "city"),
    "person": ("address1", "city"),
    "contact": ("title", "city"),
    "product": ("gl_account", "description"),
}


def lose_answers(
    installation: Installation, system: Name, path: str, times: int
) -> contextlib.AbstractContextManager[Fault]:
    """So many creates are carried out there, and nobody is told."""
    return installation.api(system).fault("lose_response", path, method="POST", times=times)


def test_create_without_answer_and_killed(
    installation: Installation, processes: Processes, ledger: Ledger
) -> None:
    """A create is carried out, its answer lost, the connector killed before it can ask: one record of each flow, on either side."""
    users = Users(installation, ledger, SEED)
    with contextlib.ExitStack() as stack:
        lost = {
            there: [
                (times, stack.enter_context(lose_answers(installation, there, path, times)))
                for path, times in POSTS[there].items()
            ]
            for there in SYSTEMS
        }
        for entity, there in itertools.product(STOCK, SYSTEMS):
            users.enter(other(there), entity.name, f"L{SEED}-{entity.name}-{there}", PARENT_NAMES[0])
        for there, faults in lost.items():
            for times, fault in faults:
                installation.until(times, fault.hits)
            holder = processes.lease_holder(there)
            processes.renewed((holder, processes.kill(holder)))

    ledger.check()


def test_handed_over_under_load(installation: Installation, processes: Processes, ledger: Ledger) -> None:
    """Each edit is written once while the connectors of both systems are restarted and their standbys take over."""
    users, since = Users(installation, ledger, SEED), installation.marks()
    before = {system: processes.lease_holder(system) for system in SYSTEMS}
    names = Random(SEED).sample(
        sorted(name for kind in HANDED_OVER for name in EDITED_BY_ENTITY[kind]), HANDED
    )
    for number, name in enumerate(names):
        here, there = HANDED_OVER[ledger.agreed[name]["flow"]]
        users.edit("invoiced", name, **{here: f"Handed over {number}"})
        users.edit("crm", name, **{there: f"Handed over {number}"})
        if number == len(names) // 2:
            processes.restart(*before.values())

    ledger.check()
    written = Counter(
        (system, one["path"])
        for system in SYSTEMS
        for one in installation.api(system).requests(getattr(since, system))
        if one["applied"]
    )
    wanted = [(system, ledger.places[name][system].path) for name in names for system in SYSTEMS]
    assert written == Counter(wanted)
    assert [system for system in SYSTEMS if processes.lease_holder(system) == before[system]] == []
