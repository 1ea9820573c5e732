"""The CRM's sink worker against the reference CRM: which requests a command costs, and what it never overwrites."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.connector_rig import crm
from tests.flow.sink_rig import SinkRig, add_crm, gated, get_crm, rename, user_sets_crm


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate."""
    async with gated(tmp_path, crm(), "crm") as made:
        yield made


async def test_an_update_is_one_request(rig: SinkRig) -> None:
    """A first attempt writes straight away, tied to the version the poller saw."""
    record = await add_crm(rig)

    result = await rig.send(rename(rig, record))

    assert (result.outcome, result.wrote, (result.image or {})["Name"]) == ("done", True, "Acme AS")
    assert await rig.methods() == ["PATCH"]


async def test_an_edit_since_the_look_is_not_overwritten(rig: SinkRig) -> None:
    """The version is old and the property was edited: 412, a look, `stale`; the edit stands."""
    record = await add_crm(rig)
    await user_sets_crm(rig, record, Name="Edited")

    result = await rig.send(rename(rig, record))

    assert (result.outcome, (result.image or {})["Name"]) == ("stale", "Edited")
    assert (await get_crm(rig, record))["Name"] == "Edited"
    assert await rig.methods() == ["PATCH", "GET"]


async def test_an_edit_of_another_property_costs_one_look(rig: SinkRig) -> None:
    """The version is old, the property is as expected: it is written with the version just seen."""
    record = await add_crm(rig)
    await user_sets_crm(rig, record, Phone="1")

    result = await rig.send(rename(rig, record))

    assert result.outcome == "done"
    assert await rig.methods() == ["PATCH", "GET", "PATCH"]


async def test_what_the_poller_saw_stops_a_blind_write(rig: SinkRig) -> None:
    """The poller has seen an edit the command's maker had not: the fresh version must not let the write through."""
    record = await add_crm(rig)
    await user_sets_crm(rig, record, Name="Edited")
    await rig.show(f"crm:customer:{record['Id']}", await get_crm(rig, record))

    result = await rig.send(rename(rig, record))

    assert result.outcome == "stale"
    assert await rig.methods() == ["GET"]


async def test_a_lost_answer_is_looked_for(rig: SinkRig) -> None:
    """The write was applied, its answer lost: a look finds it, nothing is written again."""
    record = await add_crm(rig)
    await rig.system.fault(kind="lose_response", method="PATCH", actor="tandem")

    result = await rig.send(rename(rig, record))

    assert (result.outcome, result.wrote) == ("done", True)
    assert await rig.methods() == ["PATCH", "GET"]


async def test_a_lost_answer_of_a_normalising_api_is_done(rig: SinkRig) -> None:
    """Answer lost and value cut: still ours, listed as normalised, so the cut value never goes back."""
    record = await add_crm(rig)
    await rig.system.fault(kind="normalise", method="PATCH", field="Name", how="truncate:5")
    await rig.system.fault(kind="lose_response", method="PATCH", actor="tandem")

    result = await rig.send(rename(rig, record, "Acme Norge"))

    assert (result.outcome, result.normalised, (result.image or {})["Name"]) == ("done", ("Name",), "Acme ")


async def test_a_command_sent_again_looks_first(rig: SinkRig) -> None:
    """A repeated command never overwrites what a user has set since."""
    record = await add_crm(rig)
    command = rename(rig, record)
    await rig.send(command)
    await user_sets_crm(rig, record, Name="Zebra")

    result = await rig.send(rename(rig, record, "Acme ASA", again=True))

    assert result.outcome == "stale"
    assert (await get_crm(rig, record))["Name"] == "Zebra"


async def test_the_same_command_again_makes_no_request(rig: SinkRig) -> None:
    """A replayed command gets its result again, a lower revision is superseded."""
    record = await add_crm(rig)
    first, second = rename(rig, record), rename(rig, record, "Acme ASA")
    await rig.send(first)
    done = await rig.send(second)
    before = len(await rig.methods())

    assert (await rig.send(second)).image == done.image
    assert (await rig.send(first)).outcome == "superseded"
    assert len(await rig.methods()) == before


async def test_a_restart_without_disk_remembers(rig: SinkRig) -> None:
    """What was applied comes back from its topic: the same command still makes no request."""
    record = await add_crm(rig)
    command = rename(rig, record)
    await rig.send(command)
    await rig.close()
    await rig.open(epoch=2)
    before = len(await rig.methods())

    assert (await rig.send(command)).outcome == "done"
    assert len(await rig.methods()) == before


async def test_a_closed_gate_makes_no_request(rig: SinkRig) -> None:
    """A command met behind a closed gate is answered `held`."""
    record = await add_crm(rig)
    await rig.gate(state="paused")

    assert (await rig.send(rename(rig, record))).outcome == "held"
    assert await rig.methods() == []


async def test_a_paused_link_makes_no_request(rig: SinkRig) -> None:
    """Its flow and direction are open, and its own pause was said after the command: held until it is resumed."""
    record = await add_crm(rig)
    command = rename(rig, record)
    await rig.hear(f"link|{command.link_id}", "paused")
    assert (await rig.send(command)).outcome == "held"
    assert await rig.methods() == []

    await rig.hear(f"link|{command.link_id}", "open")
    assert (await rig.send(replace(command, again=True))).outcome == "done"


async def test_a_pause_stops_the_attempts(rig: SinkRig) -> None:
    """Paused while an attempt is under way that fails: there is no other one, and sync computes the wish anew."""
    record = await add_crm(rig)
    await rig.system.fault(kind="delay", method="PATCH", actor="tandem", delay_ms=500)
    await rig.system.fault(kind="error", method="PATCH", actor="tandem", status=500, times=1)
    sending = asyncio.create_task(rig.send(rename(rig, record)))
    while not rig.log.read("applied.crm"):  # the attempt is noted before it goes
        await rig.log.grown()
    await rig.gate(state="paused")

    result = await sending

    assert (result.outcome, result.attempts) == ("retry_at", 1)
    assert await rig.methods() == ["PATCH"]


async def test_held_while_catching_up(rig: SinkRig) -> None:
    """The gate is open, and sync's state is not back yet: held, without a request; carried out once that is over."""
    record = await add_crm(rig)
    await rig.hear("catching_up", "begun")
    await rig.hear("catching_up", "told")
    command = rename(rig, record)
    assert (await rig.send(command)).outcome == "held"
    assert await rig.methods() == []

    await rig.hear("catching_up", "over")
    assert (await rig.send(replace(command, again=True))).outcome == "done"
