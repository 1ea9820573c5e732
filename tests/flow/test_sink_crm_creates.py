"""The CRM's sink worker against the reference CRM: creates look first, failures end, states come and go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.connector_rig import crm
from tests.flow.sink_rig import SinkRig, add_crm, gated, get_crm, rename


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate."""
    async with gated(tmp_path, crm(), "crm") as made:
        yield made


async def test_a_create_looks_first(rig: SinkRig) -> None:
    """A create is two requests; the new record carries our cross-reference."""
    command = rig.command(
        "create",
        values={"Name": "New", "CustomerNumber": "N1"},
        keys={"CustomerNumber": "N1"},
        xref="t:invoiced:customer:1",
    )
    result = await rig.send(command)

    assert (result.outcome, (result.image or {})["ExternalId"]) == ("done", "t:invoiced:customer:1")
    assert (result.ref or "").startswith("crm:customer:")
    assert await rig.methods() == ["GET", "POST"]


async def test_a_create_reports_what_it_finds(rig: SinkRig) -> None:
    """A record with the same number is reported, nothing is written."""
    record = await add_crm(rig, CustomerNumber="N1")
    command = rig.command(
        "create", values={"Name": "New", "CustomerNumber": "N1"}, keys={"CustomerNumber": "N1"}, xref="x"
    )

    result = await rig.send(command)

    assert result.outcome == "found"
    assert [one.ref for one in result.found] == [f"crm:customer:{record['Id']}"]
    assert await rig.methods() == ["GET"]


async def test_a_create_with_a_lost_answer_is_made_once(rig: SinkRig) -> None:
    """The answer of the POST is lost: the record is found by our cross-reference, not made again."""
    await rig.system.fault(kind="lose_response", method="POST", actor="tandem")

    result = await rig.send(rig.command("create", values={"Name": "New"}, xref="t:invoiced:customer:1"))

    assert result.outcome == "done"
    everyone = (await rig.system.user.get("/customers")).json()
    assert [one["Id"] for one in everyone] == [(result.ref or "").split(":")[2]]


async def test_one_refused_property_is_flagged(rig: SinkRig) -> None:
    """The API names a property: it is flagged, the rest is written."""
    record = await add_crm(rig)
    command = rig.command(
        ref=f"crm:customer:{record['Id']}", values={"Name": "Acme AS", "Email": "nobody"},
        expected={"Name": "Acme", "Email": None},
    )  # fmt: skip
    await rig.system.fault(kind="error", method="PATCH", status=422, param="Email", actor="tandem")

    result = await rig.send(command)

    assert (result.outcome, list(result.refused)) == ("done", ["Email"])
    assert (await get_crm(rig, record))["Name"] == "Acme AS"


async def test_a_record_that_is_gone(rig: SinkRig) -> None:
    """A 404 is an outcome, not a failure."""
    result = await rig.send(
        rig.command(ref="crm:customer:nobody", values={"Name": "x"}, expected={"Name": "y"})
    )

    assert result.outcome == "gone"


async def test_tries_end_with_a_time(rig: SinkRig) -> None:
    """A record that answers 500 for ever ends as `retry_at`; another link goes on meanwhile."""
    record, other = await add_crm(rig), await add_crm(rig, Name="Other")
    await rig.system.fault(kind="error", status=500, path=record["Id"], times=100, actor="tandem")

    result = await rig.send(rename(rig, record))
    fine = await rig.send(
        rig.command(
            ref=f"crm:customer:{other['Id']}", values={"Name": "B"}, expected={"Name": "Other"}, link_id="l2"
        )
    )

    assert result.outcome == "retry_at"
    assert (result.retry_at or 0) > result.read_at
    assert fine.outcome == "done"


async def test_a_restore_and_a_cross_reference(rig: SinkRig) -> None:
    """IsDeleted false brings a record back; a join's cross-reference goes along with the update."""
    record = await add_crm(rig)
    ref = f"crm:customer:{record['Id']}"
    await rig.send(rig.command("delete", ref=ref))

    result = await rig.send(
        rig.command(ref=ref, values={"IsDeleted": False}, expected={"IsDeleted": True}, xref="t:1")
    )

    assert result.outcome == "done"
    assert ((result.image or {})["IsDeleted"], (result.image or {})["ExternalId"]) == (False, "t:1")


async def test_a_refused_login_ends_no_process(rig: SinkRig) -> None:
    """401: the command waits with a time, and the next one makes no request at all."""
    record = await add_crm(rig)
    await rig.system.fault(kind="error", status=401, times=5, actor="tandem")

    first = await rig.send(rename(rig, record))
    before = len(await rig.methods())
    second = await rig.send(rig.command(ref="crm:customer:1", values={"Name": "x"}, link_id="other"))

    assert [(one.outcome, one.cause) for one in (first, second)] == [("retry_at", "login")] * 2
    assert len(await rig.methods()) == before
