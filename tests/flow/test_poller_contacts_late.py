"""Invoiced's contacts where a replica lags behind the event that named them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.connector_rig import invoiced
from tests.flow.poller_rig import PollerRig
from tests.flow.test_poller_contacts import BOTH, add, customer, edit


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller of customers and contacts whose feed has been read once."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced", entities=BOTH).open()
    await made.poller.round()
    yield made
    await made.close()


async def test_a_late_state_is_read_again(rig: PollerRig) -> None:
    """The record does not show what its event told: the round does not count, the next one reads it again."""
    parent = await customer(rig)
    number = await add(rig, parent)
    await rig.poller.round()
    await rig.system.clock(5)
    await edit(rig, parent, number, title="Boss")
    path = f"/customers/{parent}/contacts/{number}"
    await rig.system.fault(kind="stale_read", method="GET", path=path, actor="tandem", times=1)
    passed = len([one for one in rig.passed() if one.entity == "contact"])
    await rig.poller.round()
    assert len([one for one in rig.passed() if one.entity == "contact"]) == passed
    await rig.poller.round()

    assert (rig.changes("contact")[-1].after or {})["title"] == "Boss"
    assert len([one for one in rig.passed() if one.entity == "contact"]) == passed + 1


async def test_a_late_state_of_the_same_second_is_read_again(rig: PollerRig) -> None:
    """Edited twice in a second, and a replica shows the first edit still: its stamp is the event's, its value is not."""
    parent = await customer(rig)
    number = await add(rig, parent)
    await rig.poller.round()
    await rig.system.clock(5)
    await edit(rig, parent, number, title="Boss")
    await edit(rig, parent, number, department="Sales")
    path = f"/customers/{parent}/contacts/{number}"
    await rig.system.fault(kind="stale_read", method="GET", path=path, actor="tandem", times=1)
    await rig.poller.round()
    await rig.poller.round()

    shown = rig.changes("contact")[-1].after or {}
    assert (shown["title"], shown["department"]) == ("Boss", "Sales")
