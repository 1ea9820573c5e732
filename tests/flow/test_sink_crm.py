"""The CRM's sink worker against the reference CRM: which requests a command costs, and what it never overwrites."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.connector_rig import crm
from tests.flow.sink_rig import SinkRig


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate."""
    made = await SinkRig(tmp_path, crm(), "crm").open()
    await made.gate()
    yield made
    await made.close()


async def add(rig: SinkRig, **fields: Any) -> dict[str, Any]:
    """A user's record that the poller has seen."""
    answer = await rig.system.user.post("/customers", json={"Name": "Acme", **fields})
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    await rig.show(f"crm:customer:{record['Id']}", record)
    return record


async def user_sets(rig: SinkRig, record: dict[str, Any], **fields: Any) -> None:
    assert (await rig.system.user.patch(f"/customers/{record['Id']}", json=fields)).is_success


async def get(rig: SinkRig, record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await rig.system.user.get(f"/customers/{record['Id']}")).json()
    return found


def rename(rig: SinkRig, record: dict[str, Any], name: str = "Acme AS", **more: Any) -> Any:
    return rig.command(
        ref=f"crm:customer:{record['Id']}", values={"Name": name}, expected={"Name": "Acme"}, **more
    )


async def test_an_update_is_one_request(rig: SinkRig) -> None:
    """A first attempt writes straight away, tied to the version the poller saw."""
    record = await add(rig)

    result = await rig.send(rename(rig, record))

    assert (result.outcome, result.wrote, (result.image or {})["Name"]) == ("done", True, "Acme AS")
    assert await rig.methods() == ["PATCH"]


async def test_an_edit_since_the_look_is_not_overwritten(rig: SinkRig) -> None:
    """The version is old and the property was edited: 412, a look, `stale`; the edit stands."""
    record = await add(rig)
    await user_sets(rig, record, Name="Edited")

    result = await rig.send(rename(rig, record))

    assert (result.outcome, (result.image or {})["Name"]) == ("stale", "Edited")
    assert (await get(rig, record))["Name"] == "Edited"
    assert await rig.methods() == ["PATCH", "GET"]


async def test_an_edit_of_another_property_costs_one_look(rig: SinkRig) -> None:
    """The version is old, the property is as expected: it is written with the version just seen."""
    record = await add(rig)
    await user_sets(rig, record, Phone="1")

    result = await rig.send(rename(rig, record))

    assert result.outcome == "done"
    assert await rig.methods() == ["PATCH", "GET", "PATCH"]


async def test_what_the_poller_saw_stops_a_blind_write(rig: SinkRig) -> None:
    """The poller has seen an edit the command's maker had not: the fresh version must not let the write through."""
    record = await add(rig)
    await user_sets(rig, record, Name="Edited")
    await rig.show(f"crm:customer:{record['Id']}", await get(rig, record))

    result = await rig.send(rename(rig, record))

    assert result.outcome == "stale"
    assert await rig.methods() == ["GET"]


async def test_a_lost_answer_is_looked_for(rig: SinkRig) -> None:
    """The write was applied, its answer lost: a look finds it, nothing is written again."""
    record = await add(rig)
    await rig.system.fault(kind="lose_response", method="PATCH", actor="tandem")

    result = await rig.send(rename(rig, record))

    assert (result.outcome, result.wrote) == ("done", True)
    assert await rig.methods() == ["PATCH", "GET"]


async def test_a_lost_answer_of_a_normalising_api_is_done(rig: SinkRig) -> None:
    """Answer lost and value cut: still ours, listed as normalised, so the cut value never goes back."""
    record = await add(rig)
    await rig.system.fault(kind="normalise", method="PATCH", field="Name", how="truncate:5")
    await rig.system.fault(kind="lose_response", method="PATCH", actor="tandem")

    result = await rig.send(rename(rig, record, "Acme Norge"))

    assert (result.outcome, result.normalised, (result.image or {})["Name"]) == ("done", ("Name",), "Acme ")


async def test_a_command_sent_again_looks_first(rig: SinkRig) -> None:
    """A repeated command never overwrites what a user has set since."""
    record = await add(rig)
    command = rename(rig, record)
    await rig.send(command)
    await user_sets(rig, record, Name="Zebra")

    result = await rig.send(rename(rig, record, "Acme ASA", again=True))

    assert result.outcome == "stale"
    assert (await get(rig, record))["Name"] == "Zebra"


async def test_the_same_command_again_makes_no_request(rig: SinkRig) -> None:
    """A replayed command gets its result again, a lower revision is superseded."""
    record = await add(rig)
    first, second = rename(rig, record), rename(rig, record, "Acme ASA")
    await rig.send(first)
    done = await rig.send(second)
    before = len(await rig.methods())

    assert (await rig.send(second)).image == done.image
    assert (await rig.send(first)).outcome == "superseded"
    assert len(await rig.methods()) == before


async def test_a_restart_without_disk_remembers(rig: SinkRig) -> None:
    """What was applied comes back from its topic: the same command still makes no request."""
    record = await add(rig)
    command = rename(rig, record)
    await rig.send(command)
    await rig.close()
    await rig.open(epoch=2)
    before = len(await rig.methods())

    assert (await rig.send(command)).outcome == "done"
    assert len(await rig.methods()) == before


async def test_a_closed_gate_makes_no_request(rig: SinkRig) -> None:
    """A command met behind a closed gate is answered `held`."""
    record = await add(rig)
    await rig.gate(state="paused")

    assert (await rig.send(rename(rig, record))).outcome == "held"
    assert await rig.methods() == []


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
    record = await add(rig, CustomerNumber="N1")
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
    record = await add(rig)
    command = rig.command(
        ref=f"crm:customer:{record['Id']}", values={"Name": "Acme AS", "Email": "nobody"},
        expected={"Name": "Acme", "Email": None},
    )  # fmt: skip
    await rig.system.fault(kind="error", method="PATCH", status=422, param="Email", actor="tandem")

    result = await rig.send(command)

    assert (result.outcome, list(result.refused)) == ("done", ["Email"])
    assert (await get(rig, record))["Name"] == "Acme AS"


async def test_a_record_that_is_gone(rig: SinkRig) -> None:
    """A 404 is an outcome, not a failure."""
    result = await rig.send(
        rig.command(ref="crm:customer:nobody", values={"Name": "x"}, expected={"Name": "y"})
    )

    assert result.outcome == "gone"


async def test_tries_end_with_a_time(rig: SinkRig) -> None:
    """A record that answers 500 for ever ends as `retry_at`; another link goes on meanwhile."""
    record, other = await add(rig), await add(rig, Name="Other")
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


async def test_a_delete_is_soft_and_confirmed(rig: SinkRig) -> None:
    """DELETE archives; the result shows the record as it is now."""
    record = await add(rig)

    result = await rig.send(rig.command("delete", ref=f"crm:customer:{record['Id']}"))

    assert (result.outcome, (result.image or {})["IsDeleted"]) == ("done", True)


async def test_a_restore_and_a_cross_reference(rig: SinkRig) -> None:
    """IsDeleted false brings a record back; a join's cross-reference goes along with the update."""
    record = await add(rig)
    ref = f"crm:customer:{record['Id']}"
    await rig.send(rig.command("delete", ref=ref))

    result = await rig.send(
        rig.command(ref=ref, values={"IsDeleted": False}, expected={"IsDeleted": True}, xref="t:1")
    )

    assert result.outcome == "done"
    assert ((result.image or {})["IsDeleted"], (result.image or {})["ExternalId"]) == (False, "t:1")


async def test_a_refused_login_ends_no_process(rig: SinkRig) -> None:
    """401: the command waits with a time, and the next one makes no request at all."""
    record = await add(rig)
    await rig.system.fault(kind="error", status=401, times=5, actor="tandem")

    first = await rig.send(rename(rig, record))
    before = len(await rig.methods())
    second = await rig.send(rig.command(ref="crm:customer:1", values={"Name": "x"}, link_id="other"))

    assert [(one.outcome, one.cause) for one in (first, second)] == [("retry_at", "login")] * 2
    assert len(await rig.methods()) == before
