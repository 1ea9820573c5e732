"""Every process is ended by kill -9 in turn, while users of both sides go on editing and change what records are."""

from collections.abc import Callable
from random import Random

import pytest

from tests.chaos import movers
from tests.chaos.movers import Movements, Mover
from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.users import Users
from tests.flow.customer_api import SYSTEMS
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(420)]

SEED, EDITS = 20, 300
# What is just being made anew, by whom, when each of them dies.
VICTIMS: dict[str, Callable[[Ledger], Mover]] = {
    "connector-invoiced": lambda ledger: movers.moves(ledger, 0),
    "connector-crm": lambda _: movers.turns(0),
    "worker-0": lambda ledger: movers.joins(ledger, 0),
    "kafka": lambda ledger: movers.moves(ledger, 1),
    "registry": lambda ledger: movers.joins(ledger, 1),
    "invoiced": lambda _: movers.priced(0),
    "crm": lambda _: movers.turns(1),
}


def test_each_process_killed(installation: Installation, processes: Processes, ledger: Ledger) -> None:
    """Nothing is lost, nobody is there twice, both sides end equal, and then Tandem is quiet.

    What has changed its flow, its customer or its price meanwhile, there or there and back, is one record a side
    under the same link; no end of a former record went further.
    """
    chance, users = Random(SEED), Users(installation, ledger, SEED)
    movements, share = Movements(installation, ledger, users), EDITS // len(VICTIMS) + 1
    away: Mover | None = None
    for victim in chance.sample(sorted(VICTIMS), len(VICTIMS)):
        before, mover = chance.randrange(share // 3, share), VICTIMS[victim](ledger)
        under_way = movements.go(mover)
        users.work(before)
        under_way()
        process = _holder(processes, victim)
        pid = processes.kill(process)
        movements.edit(mover, 1)
        if away is not None:
            movements.back(away)
        users.work(share - before)
        processes.renewed((process, pid))
        processes.up()
        away = mover
    users.finish()

    ledger.check()


def _holder(processes: Processes, victim: str) -> str:
    """Of two connectors of a system the one that acts."""
    holders = {f"connector-{system}": system for system in SYSTEMS}
    return processes.lease_holder(holders[victim]) if victim in holders else victim
