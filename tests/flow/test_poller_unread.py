"""What a source does not show: pages that stay broken, refused logins, and too many missing records at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.control import ControlView
from connectors.missing import Asked
from schemas.records import Control
from tests.flow.connector_rig import invoiced
from tests.flow.poller_rig import PollerRig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller that has not read anything yet."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced").open()
    yield made
    await made.close()


async def add(rig: PollerRig, name: str) -> int:
    answer = await rig.system.user.post("/customers", json={"name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def _half_is_missing(rig: PollerRig) -> list[int]:
    """Forty records are read, twenty of them deleted, and a scan finds them missing."""
    numbers = [await add(rig, f"Customer {number}") for number in range(40)]
    await rig.scan()
    for number in numbers[:20]:
        await rig.system.user.delete(f"/customers/{number}")
    await rig.scan()
    return numbers


async def test_too_many_missing_records_are_not_believed(rig: PollerRig) -> None:
    """A scan that misses more than the breaker's share suspects nobody and says so."""
    await _half_is_missing(rig)

    told = rig.unreadable()[-1]
    assert rig.bookmark.reading.suspicions == ()
    assert (told.page, told.count) == ("missing", 20)
    assert "20 of 40" in told.cause


async def test_approved_they_are_asked_for_one_by_one(rig: PollerRig) -> None:
    """A person has looked: a new scan begins at once, and what answers 404 twice is deleted."""
    numbers = await _half_is_missing(rig)
    rig.judged = Asked("d1", "approve")
    assert rig.scanner.due()

    await rig.scan()
    await rig.rounds(9)

    gone = {change.ref for change in rig.changes() if change.op == "d"}
    assert gone == {f"invoiced:customer:{number}" for number in numbers[:20]}
    assert "missing" in rig.readable()
    assert not rig.scanner.due()


async def test_approved_is_what_was_told_and_no_more(rig: PollerRig) -> None:
    """Five more are missing than a person has seen: nothing is believed, and it is told anew."""
    numbers = await _half_is_missing(rig)
    rig.judged = Asked("d1", "approve")
    for number in numbers[20:25]:
        await rig.system.user.delete(f"/customers/{number}")

    await rig.scan()

    assert rig.bookmark.reading.suspicions == ()
    assert rig.unreadable()[-1].count == 25
    assert not rig.scanner.due()


async def test_rejected_nothing_happens(rig: PollerRig) -> None:
    """A person says no: no scan is due for it, and the next one suspects nobody either."""
    await _half_is_missing(rig)
    rig.judged = Asked("d1", "reject")
    assert not rig.scanner.due()

    await rig.scan()

    assert rig.bookmark.reading.suspicions == ()


async def test_a_broken_page_is_listed_and_read_later(rig: PollerRig) -> None:
    """A page that stays broken is listed once; the cursor waits, so that nothing is lost, and it is told when read."""
    await add(rig, "Acme")
    await rig.system.fault(kind="bad_json", method="GET", path="/customers", actor="tandem", times=6)
    await rig.rounds(2)
    assert (len(rig.changes()), len(rig.unreadable()), len(rig.passed())) == (0, 1, 2)
    assert (rig.unreadable()[0].page, "live" in rig.readable()) == ("live", False)

    await rig.rounds(3)

    assert len(rig.changes()) == 1
    assert rig.readable().count("live") == 1


async def test_a_refused_login_ends_no_process(rig: PollerRig) -> None:
    """401: no round passes, it is listed, and polling goes on when the key is accepted again."""
    await add(rig, "Acme")
    await rig.system.fault(kind="error", status=401, actor="tandem", times=2)
    await rig.rounds(2)
    assert rig.passed() == []
    assert "login" in rig.unreadable()[0].cause

    await rig.poller.round()

    assert len(rig.passed()) == 1
    assert rig.readable().count("login") == rig.readable("events").count("login") == 1


async def test_a_restart_says_once_what_can_be_read(rig: PollerRig) -> None:
    """What an earlier process has listed is taken back by the next one, which reads it."""
    await add(rig, "Acme")
    await rig.system.fault(kind="bad_json", method="GET", path="/customers", actor="tandem", times=3)
    await rig.poller.round()
    assert rig.unreadable()[0].page == "live"
    await rig.close()
    await rig.open(epoch=2)
    await rig.rounds(2)

    assert rig.readable().count("live") == 1


async def test_a_decision_about_missing_records_reaches_the_scanner(rig: PollerRig) -> None:
    """What sync says under `missing|system|entity` is what the scanner asks for; unknown is nothing."""
    control = ControlView(rig.log.topics.name("control"), "default", rig.log, rig.codec)
    follower = asyncio.create_task(control.follow())
    try:
        await control.at_head()
        assert control.judged("invoiced", "customer") is None
        said = Control("default|missing|invoiced|customer", 1, '{"id": "d1", "wanted": "approve"}')
        await rig.log.append(rig.log.topics.name("control"), said.key, rig.codec.encode("control", said))
        await control.at_head()

        assert control.judged("invoiced", "customer") == Asked("d1", "approve")
    finally:
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)
