"""The CRM poller against the reference CRM: soft deletes, ties, other holders' leftovers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from connectors.missing import Asked
from schemas.records import Applied, Change, Result
from tests.flow.connector_rig import System, crm
from tests.flow.poller_rig import PollerRig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller that has not read anything yet."""
    made = await PollerRig(tmp_path, crm(), "crm").open()
    yield made
    await made.close()


async def add(system: System, name: str, **fields: object) -> str:
    answer = await system.user.post("/customers", json={"Name": name, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["Id"])


async def edit(rig: PollerRig, number: str, **fields: Any) -> None:
    assert (await rig.system.user.patch(f"/customers/{number}", json=fields)).is_success


async def publish(rig: PollerRig, change: Change) -> None:
    """Write to the poller's topic as another connector would."""
    topic = rig.log.topics.name("crm.customer")
    await rig.log.append(topic, change.ref, rig.codec.encode("crm.customer", change))
    await rig.shadow.mirror.at_head()


async def test_backfill_and_quiet_rounds(rig: PollerRig) -> None:
    """A scan publishes each record once; a quiet round is one request."""
    for number in range(230):
        await add(rig.system, f"Customer {number}")
    await rig.scan()
    await rig.system.clock(10)
    await rig.poller.round()
    before = len(await rig.system.requests())
    await rig.rounds(10)

    assert len({change.ref for change in rig.changes()}) == len(rig.changes()) == 230
    assert len(await rig.system.requests()) - before == 10


async def test_a_soft_delete_is_an_update(rig: PollerRig) -> None:
    """A deleted record shows IsDeleted; it is neither a delete nor a tombstone."""
    number = await add(rig.system, "Acme")
    await rig.poller.round()
    assert (await rig.system.user.delete(f"/customers/{number}")).is_success
    await rig.poller.round()

    assert [(change.op, change.changed) for change in rig.changes()][1] == ("u", ("IsDeleted",))
    assert rig.tombstones() == []


async def test_a_purged_record_is_found_by_a_scan(rig: PollerRig) -> None:
    """A record a scan misses is gone after two 404s, a round apart; one that answers stays."""
    number = await add(rig.system, "Acme")
    await rig.scan()
    assert (await rig.system.user.delete(f"/customers/{number}", params={"purge": "true"})).is_success
    await rig.scan()
    assert [one.ref for one in rig.bookmark.reading.suspicions] == [f"crm:customer:{number}"]
    await rig.poller.round()
    assert [change.op for change in rig.changes()] == ["r"]

    await rig.poller.round()

    assert [change.op for change in rig.changes()] == ["r", "d"]
    assert rig.tombstones() == [f"crm:customer:{number}"]
    assert rig.bookmark.reading.suspicions == ()


async def test_a_reborn_record_counts_on(rig: PollerRig) -> None:
    """An id that comes back gets a version above its last one: readers take it as newer."""
    number = await add(rig.system, "Acme")
    await rig.scan()
    image = rig.changes()[0].after
    ref = f"crm:customer:{number}"
    gone = msgspec.structs.replace(rig.changes()[0], op="d", before=image, after=None, version=2**50)
    await publish(rig, gone)
    await edit(rig, number, Name="Acme AS")
    await rig.poller.round()

    reborn = rig.changes()[-1]
    assert (reborn.ref, reborn.op, reborn.version) == (ref, "c", 2**50 + 1)


async def test_a_record_of_an_older_epoch_is_set_right(rig: PollerRig) -> None:
    """A connector without a lease wrote an old image last: what stood there before is published again."""
    number = await add(rig.system, "Acme")
    await rig.close()
    await rig.open(epoch=5)
    await rig.poller.round()
    await rig.system.clock(10)  # no later round reads the record again by itself
    await rig.poller.round()
    right = rig.changes()[0]
    old = {**(right.after or {}), "Name": "Old"}
    wrong = msgspec.structs.replace(
        right, after=old, version=right.version + 7, source=msgspec.structs.replace(right.source, epoch=4)
    )
    await publish(rig, wrong)

    await rig.poller.round()

    last = rig.changes()[-1]
    assert ((last.after or {})["Name"], last.source.epoch) == ("Acme", 5)
    assert last.version > wrong.version
    assert last.ref == f"crm:customer:{number}"


async def test_an_older_stamp_is_accepted_once_it_is_certain(rig: PollerRig) -> None:
    """A record whose stamp went back is read by its id in two rounds, then accepted: no loop, no loss."""
    number = await add(rig.system, "Acme")
    await rig.poller.round()
    right = rig.changes()[0]
    later = msgspec.structs.replace(
        right, version=right.version + 1, after={**(right.after or {}), "Name": "Later"},
        source=msgspec.structs.replace(right.source, updated_at=(right.source.updated_at or 0) + 600_000),
    )  # fmt: skip
    await publish(rig, later)
    before = len(await rig.system.requests())
    await rig.poller.round()
    assert (rig.changes()[-1].after or {})["Name"] == "Later"
    await rig.rounds(2)

    assert (rig.changes()[-1].after or {})["Name"] == "Acme"
    paths = [one["path"] for one in (await rig.system.requests())[before:]]
    assert paths.count(f"/customers/{number}") == 2


async def test_our_write_taken_back_while_nobody_polled_is_an_edit(rig: PollerRig) -> None:
    """The connector was down for longer than a write is remembered: the page looks like the version held before it."""
    number = await add(rig.system, "Acme", City="one")
    await rig.poller.round()
    await edit(rig, number, City="two")  # ours, as `applied` tells the next holder
    ref, written_at = f"crm:customer:{number}", rig.clock.now_ms()
    await edit(rig, number, City="one")
    await rig.close()
    await rig.open(epoch=2)
    done = Result("c", "default", "L", "crm", 1, "done", written_at, ref=ref, wrote=True)
    rig.order.recall([Applied("L", None, done)], written_at + 3_600_000)

    await rig.poller.round()

    assert [(change.after or {})["City"] for change in rig.changes()] == ["one", "one"]


async def test_every_round_begins_before_it_reads_and_names_the_ends(rig: PollerRig) -> None:
    """What a round proves: begun stands before its requests, passed after its acks, with the log's ends."""
    await add(rig.system, "Acme")
    await rig.poller.round()

    begun, passed = rig.begun()[0], rig.passed()[0]
    assert passed.begun == begun.id
    assert sum(end.offset for end in passed.ends) == 1
    assert {end.topic for end in passed.ends} == {"t.crm.customer"}
    assert passed.published == 1
    assert not passed.complete


async def test_a_backfill_goes_on_where_it_stopped(rig: PollerRig) -> None:
    """Stopped half way, a scan goes on from its cursor, under the round it began with."""
    for number in range(900):
        await add(rig.system, f"Customer {number}")
    await rig.scan(pages=2)
    await rig.close()
    await rig.open(epoch=2)
    before = len(await rig.system.requests())
    await rig.scan()

    assert len(await rig.system.requests()) - before < 5
    assert len(rig.changes()) == 900
    assert [one.begun for one in rig.passed()] == [rig.begun()[0].id]
    assert rig.bookmark.reading.suspicions == ()


async def test_a_person_starts_and_stops_a_whole_reading(rig: PollerRig) -> None:
    """A wish begins one scan, once, also after a restart; while it is stopped none begins."""
    await add(rig.system, "Acme")
    await rig.scan()
    quiet = rig.scanner.due()
    rig.asked = Asked("wish 1", "start")
    wished = rig.scanner.due()
    await rig.scan()
    done = rig.scanner.due()
    await rig.close()
    await rig.open(epoch=2)
    after = rig.scanner.due()
    rig.asked = Asked("wish 2", "stop")

    assert [quiet, wished, done, after, rig.scanner.due()] == [False, True, False, False, False]
    assert len(rig.passed()) == 2
