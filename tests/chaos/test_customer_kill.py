"""Every process is ended by kill -9 in turn, while users of both sides go on editing."""

from random import Random

import pytest

from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.users import Users
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(420)]

SEED, EDITS = 20, 300
VICTIMS = ("connector-invoiced", "connector-crm", "worker-0", "kafka", "registry", "invoiced", "crm")


def test_each_process_killed(installation: Installation, processes: Processes, ledger: Ledger) -> None:
    """Nothing is lost, nobody is there twice, both sides end equal, and then Tandem is quiet."""
    chance, users = Random(SEED), Users(installation, ledger, SEED)
    share = EDITS // len(VICTIMS) + 1
    for victim in chance.sample(VICTIMS, len(VICTIMS)):
        before = chance.randrange(share // 3, share)
        users.work(before)
        pid = processes.kill(victim)
        users.work(share - before)
        processes.renewed((victim, pid))
        processes.up()
    users.finish()

    ledger.check()
