"""Local copies and the feed: bound to their cluster, laid over by our own writes, honest about gaps."""

import asyncio
from pathlib import Path

import pytest

from connectors.cursor import FeedReading
from connectors.exchange import Answer
from connectors.feed import FeedReader
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.records import read_error
from connectors.mirror import Mirror
from connectors.source import SourceEvent
from tests.flow.connector_rig import MemoryLog, client_of, invoiced

TOPIC = "t.crm.customer"


async def copy_of(log: MemoryLog, folder: Path) -> Mirror:
    """A mirror that has read the log to its end and stopped."""
    mirror = Mirror(folder, await log.binding([TOPIC]), log)
    follower = asyncio.create_task(mirror.follow())
    await mirror.at_head()
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)
    return mirror


async def test_a_copy_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """The same cluster and topics: what was read is kept, reading goes on behind it."""
    log = MemoryLog()
    await log.append(TOPIC, "a", b"1", partition=0)
    (await copy_of(log, tmp_path)).close()
    log.partitions[(TOPIC, 0)][0] = log.partitions[(TOPIC, 0)][0].__class__(TOPIC, 0, 0, "a", b"forged")
    await log.append(TOPIC, "b", b"2", partition=0)

    mirror = await copy_of(log, tmp_path)

    assert (mirror.get("a"), mirror.get("b"), list(mirror.keys(""))) == (b"1", b"2", ["a", "b"])
    mirror.close()


async def test_a_copy_of_another_cluster_is_dropped(tmp_path: Path) -> None:
    """Kafka was lost and made anew: the copy starts from nothing, so everything is published again."""
    old = MemoryLog()
    await old.append(TOPIC, "a", b"1", partition=0)
    (await copy_of(old, tmp_path)).close()
    new = MemoryLog()
    new.cluster_id = "another"

    mirror = await copy_of(new, tmp_path)

    assert mirror.get("a") is None
    mirror.close()


async def test_our_own_write_counts_until_it_is_read_back(tmp_path: Path) -> None:
    """What we publish is there at once; once the topic has shown it, the topic decides."""
    log = MemoryLog()
    mirror = Mirror(tmp_path, await log.binding([TOPIC]), log)
    acked = asyncio.get_running_loop().create_future()
    writing = asyncio.ensure_future(mirror.publish("a", b"ours", acked))
    assert mirror.get("a") == b"ours"
    acked.set_result(await log.append(TOPIC, "a", b"ours", partition=0))
    await writing
    await log.append(TOPIC, "a", b"theirs", partition=0)
    follower = asyncio.create_task(mirror.follow())
    await mirror.at_head()

    assert mirror.get("a") == b"theirs"
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)
    mirror.close()


async def test_a_tombstone_empties_a_key(tmp_path: Path) -> None:
    """A tombstone takes the key out of the copy."""
    log = MemoryLog()
    await log.append(TOPIC, "a", b"1", partition=0)
    await log.append(TOPIC, "a", None, partition=0)

    mirror = await copy_of(log, tmp_path)

    assert (mirror.get("a"), list(mirror.keys(""))) == (None, [])
    mirror.close()


async def test_a_feed_that_ends_before_the_known_is_a_gap() -> None:
    """None of the handled events is left in the feed: all of it is handed out, and a gap is told."""
    system = invoiced()
    for name in ("A", "B"):
        assert (await system.user.post("/customers", json={"name": name})).is_success
    reader = FeedReader(
        InvoicedFeed(), client_of(system, read_error), FeedReading(seen=(10**9,), started=True)
    )

    news = await reader.news()

    assert [event.kind for event in news] == ["created", "created"]
    assert reader.gap
    reader.keep(news)
    assert await reader.news() == ()
    assert not reader.gap


async def test_a_first_reading_of_the_feed_handles_nothing() -> None:
    """What happened before the first start is the backfill's business."""
    system = invoiced()
    assert (await system.user.post("/customers", json={"name": "A"})).is_success
    reader = FeedReader(InvoicedFeed(), client_of(system, read_error), FeedReading())

    assert await reader.news() == ()
    assert (await system.user.post("/customers", json={"name": "B"})).is_success
    assert len(await reader.news()) == 1


@pytest.mark.parametrize("restarted", [False, True])
async def test_an_event_that_is_late_is_met_behind_hundreds(restarted: bool) -> None:
    """It shows up when more than a page has come after it and been handled, and the next reading is long in coming."""
    system = invoiced()
    made = await system.user.post("/customers", json={"name": "A"})
    reader = FeedReader(InvoicedFeed(), client_of(system, read_error), FeedReading(started=True))
    reader.keep(await reader.news())
    await system.fault(kind="late_event", method="POST", delay_ms=2_000)
    late = (await system.user.post("/customers", json={"name": "Late"})).json()["id"]
    for number in range(InvoicedFeed.full + 20):
        path = f"/customers/{made.json()['id']}"
        assert (await system.user.patch(path, json={"notes": str(number)})).is_success
    reader.keep(await reader.news())
    await system.clock(30)
    if restarted:
        reader = FeedReader(InvoicedFeed(), client_of(system, read_error), reader.reading)

    news = await reader.news()

    assert [event.ref for event in news] == [f"invoiced:customer:{late}"]


async def test_a_reading_after_a_restart_goes_back_to_what_was_being_written() -> None:
    """What was handled since is handed out beside the news, once: the events of our last writes may be among it."""
    system = invoiced()
    for name in ("A", "B"):
        assert (await system.user.post("/customers", json={"name": name})).is_success
    before = FeedReader(InvoicedFeed(), client_of(system, read_error), FeedReading(started=True))
    handled = await before.news()
    before.keep(handled)
    assert (await system.user.post("/customers", json={"name": "C"})).is_success
    reader = FeedReader(InvoicedFeed(), client_of(system, read_error), before.reading, back_to=1)

    news = await reader.news()

    assert len(news) == 1
    assert reader.again == handled
    assert not reader.gap
    reader.keep(news)
    assert await reader.news() == ()
    assert reader.again == ()


async def test_a_quiet_feed_is_taken_apart_once() -> None:
    """The same page again says nothing: only a page that differs is read into events."""
    system, pages = invoiced(), list[int]()

    class Counted(InvoicedFeed):
        """The feed, which notes how many events each page had."""

        def events(self, answer: Answer) -> tuple[SourceEvent, ...]:
            found = super().events(answer)
            pages.append(len(found))
            return found

    assert (await system.user.post("/customers", json={"name": "A"})).is_success
    reader = FeedReader(Counted(), client_of(system, read_error), FeedReading())
    for _ in range(3):
        assert await reader.news() == ()
    assert pages == [1]
    assert (await system.user.post("/customers", json={"name": "B"})).is_success

    assert (len(await reader.news()), pages) == (1, [1, 2])
