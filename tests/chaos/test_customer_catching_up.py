"""Tandem's own state lost for good: it comes back from the public topics, and only what was edited meanwhile is written."""

from typing import Any

import pytest
from confluent_kafka import TopicPartition

from tests.chaos.oracle import Ledger
from tests.chaos.processes import Processes
from tests.chaos.stock import EDITED_NAMES
from tests.chaos.users import Users
from tests.flow.installation import Installation

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SEED = 60
LOG, CHANGELOG = "tandem.sync.in", "tandem.worker-state-changelog"
REASON = "the worker is catching up with the public topics"


@pytest.fixture
def history(installation: Installation, ledger: Ledger) -> Ledger:
    """Some edits and new organisations on both sides that have arrived."""
    users = Users(installation, ledger, SEED)
    users.work(30)
    users.finish()
    installation.settle(seconds=90)
    return ledger


def drop(processes: Processes, *topics: str) -> None:
    """Topics are deleted, and made anew with nothing in them."""
    installation, admin = processes.installation, processes.admin()
    for future in admin.delete_topics(list(topics)).values():
        future.result(30)
    gone = lambda: sorted(set(topics) & set(processes.admin().list_topics(timeout=10).topics))  # noqa: E731  # read twice
    installation.until([], gone)
    installation.ask("topics", "apply")


def trim(processes: Processes, topic: str) -> None:
    """All that stands in a topic is deleted; its offsets go on."""
    admin = processes.admin()  # its futures end with it
    for future in admin.delete_records([TopicPartition(topic, 0, -1)]).values():
        future.result(30)


def status(installation: Installation) -> tuple[Any, Any]:
    """Whether it says that it is catching up, and names it as a reason."""
    code, told = installation.tandem("status")
    assert code in {0, 4}, told
    return told.get("catching_up"), any(why.startswith(REASON) for why in told["why_not_quiet"])


def edits(users: Users, *names: str) -> None:
    """One organisation is edited in each system."""
    users.edit("invoiced", names[0], attention_to="While it was lost")
    users.edit("crm", names[1], city="While it was lost")


def conflicts(installation: Installation) -> set[str]:
    """The conflicts that are listed; what was decided before a loss is not any more."""
    return {str(one["id"]) for one in installation.every("conflicts")}


def check_only(installation: Installation, history: Ledger, since: Any, known: set[str], *names: str) -> None:
    """Tandem has written the two edits to the other side, and nothing else; nothing is lost or doubled."""
    invoiced, crm = history.places[names[1]]["invoiced"], history.places[names[0]]["crm"]
    wanted = [("PATCH", f"crm{crm.path}"), ("PATCH", f"invoiced{invoiced.path}")]
    assert sorted(installation.writes(since)) == wanted
    assert history.wrong() == []
    listed = [one for name in ("parked", "review") for one in installation.every(name)]
    assert listed == []
    assert conflicts(installation) - known == set()


def test_tables_and_log_are_gone(installation: Installation, processes: Processes, history: Ledger) -> None:
    """Changelog, log and the worker's disk are gone; a worker killed while it catches up changes nothing."""
    since, names, known = installation.marks(), processes.tandems(), conflicts(installation)
    users, edited = Users(installation, history, SEED), EDITED_NAMES[:2]
    processes.stop(*names)
    processes.wipe("worker-0")
    drop(processes, LOG, CHANGELOG)
    edits(users, *edited)

    processes.start("worker-0")
    installation.until((True, True), lambda: status(installation))
    dead = ("worker-0", processes.kill("worker-0"))
    processes.renewed(dead)
    installation.until((True, True), lambda: status(installation))
    assert installation.writes(since) == []

    processes.start(*(name for name in names if name != "worker-0"))
    installation.settle(rounds=3, seconds=90)
    assert status(installation) == (False, False)
    check_only(installation, history, since, known, *edited)


@pytest.mark.long
def test_tables_gone_and_log_trimmed(
    installation: Installation, processes: Processes, history: Ledger
) -> None:
    """The connectors go on reading while changelog and disk are lost and the log is trimmed away."""
    since, edited = installation.marks(), EDITED_NAMES[2:4]
    users, known = Users(installation, history, SEED), conflicts(installation)
    processes.stop("worker-0")
    edits(users, *edited)
    processes.wipe("worker-0")
    drop(processes, CHANGELOG)
    trim(processes, LOG)

    processes.start("worker-0")
    installation.settle(rounds=3, seconds=90)
    check_only(installation, history, since, known, *edited)

    users.edit("crm", edited[0], city="Still alive")
    history.check()


@pytest.mark.long
def test_log_replaced(installation: Installation, processes: Processes, history: Ledger) -> None:
    """The tables are there and their log is another: what its offsets meant is forgotten, nothing else."""
    since, names, edited = installation.marks(), processes.tandems(), EDITED_NAMES[4:6]
    users, known = Users(installation, history, SEED), conflicts(installation)
    processes.stop(*names)
    drop(processes, LOG)
    edits(users, *edited)

    processes.start(*names)
    installation.settle(rounds=3, seconds=90)
    check_only(installation, history, since, known, *edited)
