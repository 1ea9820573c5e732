"""Invoiced's contacts after a kill: what was left half done says nothing wrong of them, and nothing that nobody ends."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.records import Applied, Result
from tests.flow.connector_rig import invoiced
from tests.flow.poller_rig import PollerRig
from tests.flow.test_poller_contacts import BOTH, add, swept

MINUTE_MS = 60_000


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller of customers and contacts whose feed has been read once."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced", entities=BOTH).open()
    await made.poller.round()
    yield made
    await made.close()


async def test_a_kill_behind_the_tombstone_leaves_nothing_to_be_asked(rig: PollerRig) -> None:
    """A contact was published as gone, and the suspicion of it stands in the cursor still: it ends without a word."""
    [parent, *_] = await swept(rig)
    number = await add(rig, parent)
    await rig.poller.round()
    assert (await rig.system.user.delete(f"/customers/{parent}/contacts/{number}")).is_success
    await rig.poller.round()
    suspected = rig.polling.bookmarks["contact"].reading.suspicions
    await rig.rounds(2)
    assert rig.tombstones("contact") == [f"invoiced:contact:{number}"]
    await rig.polling.bookmarks["contact"].store(suspicions=suspected)
    await rig.close()
    await rig.open(epoch=2)
    await rig.rounds(2)

    assert [one.ref for one in suspected] == [f"invoiced:contact:{number}"]
    assert (rig.unreadable(), rig.polling.bookmarks["contact"].reading.suspicions) == ([], ())


async def test_a_new_contact_that_is_just_written_is_read_below_its_customer(rig: PollerRig) -> None:
    """A sweep meets a contact nobody has read yet, which we have just written: it is read by its id, and published."""
    [parent, *_] = await swept(rig)
    ref = f"invoiced:contact:{await add(rig, parent)}"
    at = rig.clock.now_ms() + MINUTE_MS
    write = Result("c", "default", "l", "invoiced", 1, "done", at, ref=ref, wrote=True)
    rig.order.recall([Applied("l", None, write)], at)
    await rig.scan(entity="contact")

    assert rig.unreadable() == []
    assert ref in {change.ref for change in rig.changes("contact")}
