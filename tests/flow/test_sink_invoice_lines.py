"""Writing an invoice's lines as the whole set while a user is at them, too: what our set went over is told."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from connectors.cursor import FeedReading
from connectors.feed import FeedReader
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.records import read_error
from schemas.records import Result
from tests.flow.connector_rig import client_of, invoiced
from tests.flow.interruptions import Interruptions, cut_into
from tests.flow.sink_rig import SinkRig, gated

REF, PATH = "invoiced:invoice:1", "/invoices/1"
LINES = [{"name": "Pump", "quantity": 2, "unit_cost": 10}, {"name": "Valve", "quantity": 3, "unit_cost": 4}]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate, and a draft of two lines."""
    async with gated(tmp_path, invoiced(), "invoiced", "invoice") as made:
        assert (await made.system.user.post("/customers", json={"name": "Acme"})).is_success
        draft = {"customer": 1, "draft": True, "items": LINES}
        assert (await made.system.user.post("/invoices", json=draft)).is_success
        yield made


@pytest.fixture
async def wire(rig: SinkRig) -> Interruptions:
    """A way to interrupt the sink's requests."""
    return await cut_into(rig)


async def items(rig: SinkRig) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await rig.system.user.get(PATH)).json()["items"]
    return found


@pytest.fixture
async def feed(rig: SinkRig, wire: Interruptions) -> FeedReader:
    """The events, read so far; in `wire` nothing is planned yet."""
    del wire
    made = FeedReader(InvoicedFeed(), client_of(rig.system, read_error), FeedReading())
    made.keep(await made.news())
    return made


async def written(
    rig: SinkRig, feed: FeedReader, values: dict[str, Any], expected: dict[str, Any]
) -> tuple[Result, Result]:
    """A command on the two lines; its result, and what the feed then shows to have been overwritten."""
    pump, valve = [str(one["id"]) for one in await items(rig)]
    lines = {"1": pump, "2": valve}
    done = await rig.send(rig.command(ref=REF, values=values, expected=expected, lines=lines))
    rig.sinker.on_events(await feed.news())
    while len(rig.results()) < 2:
        await rig.log.grown()
    return done, rig.results()[1]


async def test_a_line_that_a_user_adds_between_look_and_write_is_told(
    rig: SinkRig, wire: Interruptions, feed: FeedReader
) -> None:
    """It is not in our set and goes with it; the event of our write shows it, whole, and not the line we meant to remove."""
    pump, valve = [{"id": one["id"]} for one in await items(rig)]
    new = {"name": "Hose", "quantity": 1, "unit_cost": 7}
    wire.plan("GET", "after", lambda: rig.system.user.patch(PATH, json={"items": [pump, valve, new]}))
    values: dict[str, Any] = {"items.1.quantity": Decimal(5), "items.2": None}
    done, told = await written(rig, feed, values, {"items.1.quantity": Decimal(2), "items.2": True})

    assert (done.outcome, told.outcome) == ("done", "overwritten")
    assert told.previous.keys() == {"items"}
    assert [one["name"] for one in cast("list[dict[str, Any]]", told.previous["items"])] == ["Hose"]
    assert [(one["name"], one["quantity"]) for one in await items(rig)] == [("Pump", 5)]


async def test_a_line_that_a_user_edits_between_look_and_write_is_told(
    rig: SinkRig, wire: Interruptions, feed: FeedReader
) -> None:
    """The same value of the same line: what the user gave is told, below the line's key."""
    pump, valve = [{"id": one["id"]} for one in await items(rig)]
    edit = {"items": [{**pump, "quantity": 9}, {**valve, "unit_cost": 6}]}
    wire.plan("GET", "after", lambda: rig.system.user.patch(PATH, json=edit))
    _, told = await written(rig, feed, {"items.1.quantity": Decimal(5)}, {"items.1.quantity": Decimal(2)})

    assert told.previous == {"items.1": True, "items.1.quantity": 9}
    assert [(one["quantity"], one["unit_cost"]) for one in await items(rig)] == [(5, 10), (3, 6)]
