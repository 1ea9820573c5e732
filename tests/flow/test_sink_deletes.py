"""Deletes against both simulators: looked at first, made once, and never over an edit."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.connector_rig import crm, invoiced
from tests.flow.sink_rig import SinkRig, add_crm, add_invoiced, gated, get_crm, user_sets_crm


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """The CRM's running sink with an open gate."""
    async with gated(tmp_path, crm(), "crm") as made:
        yield made


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """Invoiced's running sink with an open gate."""
    async with gated(tmp_path, invoiced(), "invoiced") as made:
        yield made


async def test_a_delete_ends_with_a_look(rig: SinkRig) -> None:
    """Looked at, deleted, then a 404: gone for certain; the same again is done too, with one look."""
    ref = await add_invoiced(rig)

    assert (await rig.send(rig.command("delete", ref=ref))).outcome == "done"
    again = await rig.send(rig.command("delete", ref=ref, link_id="other"))

    assert (again.outcome, again.image) == ("done", None)
    assert await rig.methods() == ["GET", "DELETE", "GET", "GET"]


async def test_a_delete_whose_answer_is_lost_is_made_once(rig: SinkRig) -> None:
    """The record is gone, nobody was told: a look finds it gone."""
    ref = await add_invoiced(rig)
    await rig.system.fault(kind="lose_response", method="DELETE", actor="tandem")

    result = await rig.send(rig.command("delete", ref=ref, expected={"name": "Acme"}))

    assert (result.outcome, result.image) == ("done", None)
    assert await rig.methods() == ["GET", "DELETE", "GET"]


async def test_what_was_edited_is_not_deleted(rig: SinkRig) -> None:
    """The record shows something else than its deleter knew: nothing is written, sync decides."""
    ref = await add_invoiced(rig)

    result = await rig.send(rig.command("delete", ref=ref, expected={"name": "Other"}))

    assert (result.outcome, (result.image or {})["name"]) == ("stale", "Acme")
    assert await rig.methods() == ["GET"]


async def test_a_delete_invoiced_will_not_make_is_refused(rig: SinkRig) -> None:
    """A customer with transactions stays: refused for good, so that sync archives it."""
    ref = await add_invoiced(rig, metadata={"sandbox_transactions": "1"})

    result = await rig.send(rig.command("delete", ref=ref))

    assert result.outcome == "refused"
    assert "transactions" in (result.message or "")


async def test_a_delete_is_tied_to_what_was_looked_at(there: SinkRig) -> None:
    """Edited between look and DELETE: 412, another look, and `stale`; the record stays."""
    record = await add_crm(there)
    await user_sets_crm(there, record, Phone="7")
    await there.system.fault(kind="stale_read", method="GET", actor="tandem", times=1)

    command = there.command("delete", ref=f"crm:customer:{record['Id']}", expected={"Phone": None})
    result = await there.send(command)

    assert (result.outcome, (result.image or {})["Phone"]) == ("stale", "7")
    assert await there.methods() == ["GET", "DELETE", "GET"]
    assert (await get_crm(there, record))["IsDeleted"] is False


async def test_a_delete_is_soft_and_confirmed(there: SinkRig) -> None:
    """DELETE archives; the result shows the record as it is now."""
    record = await add_crm(there)

    result = await there.send(there.command("delete", ref=f"crm:customer:{record['Id']}"))

    assert (result.outcome, (result.image or {})["IsDeleted"]) == ("done", True)
