"""Invoiced's contacts: no list of all, so the events name them, and sweeps over the customers find the rest."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.records import Cursor
from tests.flow.connector_rig import invoiced
from tests.flow.poller_rig import PollerRig

BOTH = ("customer", "contact")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller of customers and contacts whose feed has been read once."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced", entities=BOTH).open()
    await made.poller.round()
    yield made
    await made.close()


async def customer(rig: PollerRig, name: str = "Acme") -> int:
    answer = await rig.system.user.post("/customers", json={"name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def add(rig: PollerRig, parent: int, **fields: Any) -> int:
    answer = await rig.system.user.post(f"/customers/{parent}/contacts", json={"name": "Anna Berg", **fields})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def edit(rig: PollerRig, parent: int, number: int, **fields: Any) -> None:
    answer = await rig.system.user.patch(f"/customers/{parent}/contacts/{number}", json=fields)
    assert answer.is_success, answer.text


async def swept(rig: PollerRig, count: int = 3) -> list[int]:
    """Customers with a contact each, everything read."""
    numbers = [await customer(rig, f"Customer {one}") for one in range(count)]
    for number in numbers:
        await add(rig, number)
    await rig.scan()
    await rig.scan(entity="contact")
    await rig.poller.round()
    return numbers


async def paths(rig: PollerRig, after: int) -> list[str]:
    return [one["path"] for one in (await rig.system.requests())[after:]]


async def count(rig: PollerRig) -> int:
    return len(await paths(rig, 0))


async def test_a_quiet_round_costs_nothing_more(rig: PollerRig) -> None:
    """Rounds over unchanged contacts cost what rounds over customers alone cost: two requests."""
    await swept(rig)
    await rig.system.clock(10)
    await rig.poller.round()
    before = await count(rig)
    await rig.rounds(5)

    assert await count(rig) - before == 10
    assert [one.entity for one in rig.passed()][-2:] == ["customer", "contact"]


@pytest.mark.parametrize("named", [True, False])
async def test_an_edit_is_read_below_its_customer(rig: PollerRig, named: bool) -> None:
    """The event names the contact, its values come from the record; the image carries the customer in any case."""
    await rig.system.switch("invoiced.contact_names_customer", on=named)
    parent = await customer(rig)
    number = await add(rig, parent, email="anna@berg.example")
    await rig.poller.round()
    await rig.system.clock(5)
    await edit(rig, parent, number, email="anna.berg@berg.example")
    before = await count(rig)
    await rig.poller.round()

    first, second = rig.changes("contact")
    assert (first.op, first.ref, (first.after or {})["customer"]) == (
        "c",
        f"invoiced:contact:{number}",
        parent,
    )
    assert (second.changed, (second.after or {})["customer"]) == (("email",), parent)
    assert (await paths(rig, before)).count(f"/customers/{parent}/contacts/{number}") == 1


async def test_a_sweep_reads_every_customer_once(rig: PollerRig) -> None:
    """The backfill asks each customer for its contacts, marks them as backfilled, and is complete."""
    numbers = [await customer(rig, f"Customer {one}") for one in range(5)]
    assert not rig.polling.scanners["contact"].due()
    await rig.scan()
    for number in numbers:
        await add(rig, number)
    assert rig.polling.scanners["contact"].due()
    before = await count(rig)
    await rig.scan(entity="contact")

    assert sorted(await paths(rig, before)) == sorted(f"/customers/{one}/contacts" for one in numbers)
    found = sorted((change.op, (change.after or {})["customer"]) for change in rig.changes("contact"))
    assert found == [("r", one) for one in numbers]
    assert rig.polling.bookmarks["contact"].reading.complete


async def test_a_sweep_goes_on_after_a_restart(rig: PollerRig) -> None:
    """Stopped half way, it goes on behind the last customer it read; none is left out."""
    numbers = [await customer(rig, f"Customer {one}") for one in range(6)]
    for number in numbers:
        await add(rig, number)
    await rig.scan()
    await rig.scan(4, entity="contact")  # the first page only says where to begin
    assert not rig.polling.bookmarks["contact"].reading.complete
    await rig.close()
    await rig.open(epoch=2)
    before = await count(rig)
    await rig.scan(entity="contact")

    assert await paths(rig, before) == [f"/customers/{one}/contacts" for one in numbers[3:]]
    assert len({change.ref for change in rig.changes("contact")}) == len(rig.changes("contact")) == 6
    assert rig.polling.bookmarks["contact"].reading.complete


async def test_a_gap_in_the_feed_asks_for_a_sweep(rig: PollerRig) -> None:
    """Events that are beyond the feed's end: a sweep is due, and finds what they told."""
    [parent, *_] = await swept(rig)
    number = await add(rig, parent, name="Unheard of")
    for title in range(101):
        await edit(rig, parent, number, title=str(title))
    await rig.close()
    key, long_ago = "invoiced|events", '{"seen": [1000000], "started": true}'
    stored = rig.codec.encode("cursors", Cursor(key, long_ago))
    await rig.log.append(rig.log.topics.name("cursors"), key, stored)
    await rig.open(epoch=2)
    await rig.poller.round()

    assert rig.polling.bookmarks["contact"].reading.scan_due == "events were missed"
    assert rig.polling.scanners["contact"].due()


async def test_a_deleted_contact_is_gone_after_two_misses(rig: PollerRig) -> None:
    """The event names it, two answers a round apart confirm it."""
    [parent, *_] = await swept(rig)
    number = await add(rig, parent)
    await rig.poller.round()
    assert (await rig.system.user.delete(f"/customers/{parent}/contacts/{number}")).is_success
    await rig.poller.round()
    assert [change.op for change in rig.changes("contact")].count("d") == 0
    await rig.rounds(2)

    assert [change.ref for change in rig.changes("contact") if change.op == "d"] == [
        f"invoiced:contact:{number}"
    ]
    assert rig.tombstones("contact") == [f"invoiced:contact:{number}"]


async def test_a_contact_nobody_has_seen_is_not_missed(rig: PollerRig) -> None:
    """Made and deleted between two rounds: nothing is published, nothing is told as unreadable, the round passes."""
    parent = await customer(rig)
    await rig.poller.round()
    number = await add(rig, parent)
    assert (await rig.system.user.delete(f"/customers/{parent}/contacts/{number}")).is_success
    await rig.poller.round()

    assert (rig.changes("contact"), rig.unreadable()) == ([], [])
    assert [one.entity for one in rig.passed()][-1] == "contact"


async def test_a_deleted_customer_takes_its_contacts(rig: PollerRig) -> None:
    """Contacts vanish with their customer and no event names them: they are asked for and found gone."""
    [parent, *_] = await swept(rig)
    gone = [change.ref for change in rig.changes("contact") if (change.after or {})["customer"] == parent]
    assert (await rig.system.user.delete(f"/customers/{parent}")).is_success
    await rig.rounds(3)

    assert [change.ref for change in rig.changes("contact") if change.op == "d"] == gone


async def test_a_merge_moves_contacts(rig: PollerRig) -> None:
    """Contacts move to the winner and no event names them: the sweep finds them there, none is deleted."""
    [winner, loser, *_] = await swept(rig)
    moved = [change.ref for change in rig.changes("contact") if (change.after or {})["customer"] == loser]
    assert (await rig.system.user.post(f"/customers/{winner}/merge", json={"customer": loser})).is_success
    await rig.rounds(3)
    assert rig.polling.scanners["contact"].due()
    await rig.scan(entity="contact")
    await rig.rounds(3)

    last = {change.ref: change for change in rig.changes("contact")}
    assert [(last[ref].op, (last[ref].after or {})["customer"]) for ref in moved] == [("u", winner)]


async def test_a_sweep_misses_what_is_gone(rig: PollerRig) -> None:
    """A delete whose event was never met: the sweep does not meet the contact, two answers confirm it."""
    [parent, *_] = await swept(rig)
    [ref] = [change.ref for change in rig.changes("contact") if (change.after or {})["customer"] == parent]
    await rig.system.fault(kind="late_event", method="DELETE", delay_ms=600_000)
    path = f"/customers/{parent}/contacts/{ref.rpartition(':')[2]}"
    assert (await rig.system.user.delete(path)).is_success
    await rig.poller.round()
    await rig.polling.bookmarks["contact"].store(scan_due="a test")
    await rig.scan(entity="contact")
    await rig.rounds(2)

    assert [change.ref for change in rig.changes("contact") if change.op == "d"] == [ref]


async def test_a_list_nobody_can_read_holds_nobody_up(rig: PollerRig) -> None:
    """One customer's list stays broken: the others' are read, it is told, and nothing is taken for gone."""
    [parent, *_] = await swept(rig)
    path = f"/customers/{parent}/contacts"
    await rig.system.fault(kind="bad_json", method="GET", path=path, actor="tandem", times=3)
    await rig.polling.bookmarks["contact"].store(scan_due="a test")
    await rig.scan(entity="contact")

    assert [(one.entity, one.ref) for one in rig.unreadable()] == [("contact", None)]
    assert rig.polling.bookmarks["contact"].reading.suspicions == ()


async def test_events_nobody_can_read_are_no_round_of_contacts(rig: PollerRig) -> None:
    """A feed that is no JSON: the customers' round passes by their list, the contacts' does not."""
    await rig.system.fault(kind="bad_json", method="GET", path="/events", actor="tandem", times=10)
    before = len(rig.passed())
    await rig.poller.round()

    assert [one.entity for one in rig.passed()[before:]] == ["customer"]
