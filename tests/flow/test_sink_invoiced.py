"""Invoiced's sink worker against the simulator: no versions, so events tell what a write replaced."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.cursor import FeedReading
from connectors.feed import FeedReader
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.records import read_error
from tests.flow.connector_rig import client_of, invoiced
from tests.flow.sink_rig import SinkRig, add_invoiced, gated


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate."""
    async with gated(tmp_path, invoiced(), "invoiced") as made:
        yield made


async def user_sets(rig: SinkRig, ref: str, **fields: Any) -> None:
    assert (await rig.system.user.patch(f"/customers/{ref.split(':')[2]}", json=fields)).is_success


async def get(rig: SinkRig, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = (await rig.system.user.get(f"/customers/{ref.split(':')[2]}")).json()
    return found


async def events(rig: SinkRig, since: FeedReader) -> None:
    """Let the poller's feed meet what has happened."""
    news = await since.news()
    rig.sinker.on_events(news)
    since.keep(news)


def rename(rig: SinkRig, ref: str, name: str = "Acme AS", **more: Any) -> Any:
    return rig.command(ref=ref, values={"name": name}, expected={"name": "Acme"}, **more)


async def test_an_update_is_one_request(rig: SinkRig) -> None:
    """A first attempt writes straight away."""
    ref = await add_invoiced(rig)

    result = await rig.send(rename(rig, ref))

    assert (result.outcome, (result.image or {})["name"]) == ("done", "Acme AS")
    assert await rig.methods() == ["PATCH"]


async def test_an_overwritten_edit_is_reported(rig: SinkRig) -> None:
    """A user's edit the poller had not seen was replaced: the event's `previous` says so, once."""
    ref = await add_invoiced(rig)
    feed = FeedReader(InvoicedFeed(), client_of(rig.system, read_error), FeedReading())
    await events(rig, feed)
    await user_sets(rig, ref, name="Edited")
    await rig.send(rename(rig, ref))

    await events(rig, feed)
    while len(rig.results()) < 2:
        await rig.log.grown()

    done, overwritten = rig.results()
    assert (done.outcome, overwritten.outcome) == ("done", "overwritten")
    assert overwritten.previous == {"name": "Edited"}
    assert overwritten.command_id == done.command_id


async def test_a_successor_tells_what_its_predecessor_had_overwritten(rig: SinkRig) -> None:
    """The event of its last write was handled, and the connector killed before it said so: the events are read again."""
    ref = await add_invoiced(rig)
    client = client_of(rig.system, read_error)
    feed = FeedReader(InvoicedFeed(), client, FeedReading())
    await events(rig, feed)
    await user_sets(rig, ref, name="Edited")
    await rig.send(rename(rig, ref))
    feed.keep(await feed.news())
    await rig.close()

    await rig.open(epoch=2)
    watch = rig.sinker.watch
    watch.recall(rig.memory.all(), rig.clock.now_ms())
    again = FeedReader(InvoicedFeed(), client, feed.reading, watch.earliest)
    news = await again.news()
    rig.sinker.on_events((*again.again, *news))
    while len(rig.results()) < 2:
        await rig.log.grown()

    assert news == ()
    assert [one.outcome for one in rig.results()] == ["done", "overwritten"]
    assert rig.results()[1].previous == {"name": "Edited"}


async def test_an_expected_value_is_no_overwriting(rig: SinkRig) -> None:
    """The event of our write shows the expected value before it: nothing is said."""
    ref = await add_invoiced(rig)
    feed = FeedReader(InvoicedFeed(), client_of(rig.system, read_error), FeedReading())
    await events(rig, feed)
    await rig.send(rename(rig, ref))
    await events(rig, feed)
    await rig.close()

    assert [one.outcome for one in rig.results()] == ["done"]
    await rig.open(epoch=2)


async def test_metadata_is_merged(rig: SinkRig) -> None:
    """A custom field is written into the map as it is now: a user's own keys stay."""
    ref = await add_invoiced(rig, metadata={"own": "kept", "fax": "1"})

    result = await rig.send(
        rig.command(ref=ref, values={"metadata.fax": "2"}, expected={"metadata.fax": "1"})
    )

    assert result.outcome == "done"
    assert (await get(rig, ref))["metadata"] == {"own": "kept", "fax": "2"}
    assert await rig.methods() == ["GET", "PATCH"]


@pytest.mark.parametrize("replaces", [True, False])
async def test_metadata_is_cleared(rig: SinkRig, replaces: bool) -> None:
    """A cleared custom field vanishes, whether the API replaces the map or merges it."""
    await rig.system.switch("invoiced.metadata_replace", on=replaces)
    ref = await add_invoiced(rig, metadata={"own": "kept", "fax": "1"})

    result = await rig.send(
        rig.command(ref=ref, values={"metadata.fax": None}, expected={"metadata.fax": "1"})
    )

    assert result.outcome == "done"
    assert (await get(rig, ref))["metadata"] == {"own": "kept"}


async def test_a_lost_answer_is_looked_for(rig: SinkRig) -> None:
    """The write was applied, its answer lost: a look finds it."""
    ref = await add_invoiced(rig)
    await rig.system.fault(kind="lose_response", method="PATCH", actor="tandem")

    result = await rig.send(rename(rig, ref))

    assert (result.outcome, await rig.methods()) == ("done", ["PATCH", "GET"])


async def test_a_lost_answer_of_a_normalising_api_is_done(rig: SinkRig) -> None:
    """Answer lost, value cut, one event in our window: ours, listed as normalised."""
    ref, other = await add_invoiced(rig), await add_invoiced(rig)
    await rig.system.clock(30)
    await rig.send(rename(rig, other, link_id="other"))  # any answer tells how far their clock is ahead
    await rig.system.fault(kind="normalise", method="PATCH", field="name", how="truncate:6")
    await rig.system.fault(kind="lose_response", method="PATCH", actor="tandem")

    result = await rig.send(rename(rig, ref, "Acme Norge"))

    assert (result.outcome, result.normalised) == ("done", ("name",))


async def test_an_answer_cut_in_half_is_doubtful(rig: SinkRig) -> None:
    """The write was applied, its answer is no JSON: it is looked for, not refused."""
    ref = await add_invoiced(rig)
    await rig.system.fault(kind="bad_json", method="PATCH", actor="tandem")

    assert (await rig.send(rename(rig, ref))).outcome == "done"


async def test_a_create_carries_the_cross_reference(rig: SinkRig) -> None:
    """Our POST writes the CRM's id into the metadata, beside what was given."""
    command = rig.command(
        "create",
        values={"name": "New", "number": "N1", "metadata.fax": "1"},
        keys={"number": "N1"},
        xref="crm:customer:9",
    )
    result = await rig.send(command)

    assert (result.outcome, await rig.methods()) == ("done", ["GET", "POST"])
    assert (await get(rig, result.ref or ""))["metadata"] == {"fax": "1", "crm_id": "crm:customer:9"}


async def test_a_create_with_a_lost_answer_is_made_once(rig: SinkRig) -> None:
    """The answer of the POST is lost: the record is found by our cross-reference."""
    await rig.system.fault(kind="lose_response", method="POST", actor="tandem")

    result = await rig.send(rig.command("create", values={"name": "New"}, xref="crm:customer:9"))

    assert result.outcome == "done"
    assert len((await rig.system.user.get("/customers")).json()) == 1


@pytest.mark.parametrize("refusals_are_400", [True, False])
async def test_a_number_taken_meanwhile_is_found(rig: SinkRig, refusals_are_400: bool) -> None:
    """The number is taken: the record that holds it is reported, whatever status says so."""
    await rig.system.switch("invoiced.refusals_are_400", on=refusals_are_400)
    ref = await add_invoiced(rig, number="N1")
    await rig.system.fault(kind="stale_read", method="GET", actor="tandem")
    command = rig.command(
        "create", values={"name": "New", "number": "n1"}, keys={"number": "N1"}, xref="crm:customer:9"
    )

    result = await rig.send(command)

    assert result.outcome == "found"
    assert [one.ref for one in result.found] == [ref]


async def test_a_refused_property_is_flagged(rig: SinkRig) -> None:
    """Invoiced names a property: it is flagged, the rest is written."""
    ref = await add_invoiced(rig)
    command = rig.command(
        ref=ref, values={"name": "Acme AS", "email": "nobody"}, expected={"name": "Acme", "email": None}
    )
    result = await rig.send(command)

    assert (result.outcome, list(result.refused)) == ("done", ["email"])
    assert (await get(rig, ref))["name"] == "Acme AS"


async def test_a_missing_permission_waits(rig: SinkRig) -> None:
    """403: the direction waits with a time, the process lives."""
    ref = await add_invoiced(rig)
    await rig.system.switch("invoiced.tandem_may_write", on=False)

    result = await rig.send(rename(rig, ref))

    assert (result.outcome, result.cause) == ("retry_at", "login")
