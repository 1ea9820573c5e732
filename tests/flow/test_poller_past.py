"""A replica that lags behind answers lists and single reads alike: what it shows is no edit back."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.records import Command, Result
from tests.flow.connector_rig import crm, invoiced
from tests.flow.poller_rig import PollerRig


@pytest.fixture(params=["invoiced", "crm"])
async def rig(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[PollerRig]:
    """A poller of customers that has read one, and its edit."""
    system = {"invoiced": invoiced, "crm": crm}[request.param]()
    made = await PollerRig(tmp_path, system, request.param).open()
    await made.poller.round()
    name, number = ("name", "id") if request.param == "invoiced" else ("Name", "Id")
    answer = await system.user.post("/customers", json={name: "Acme"})
    await made.poller.round()
    await system.clock(5)
    path = f"/customers/{answer.json()[number]}"
    assert (await system.user.patch(path, json={name: "Acme AS"})).is_success
    await made.poller.round()
    yield made
    await made.close()


async def test_a_stale_list_and_a_stale_read_are_no_edit(rig: PollerRig) -> None:
    """Both show the name of before: nothing is published, the round does not pass, the next one does."""
    passed, changes = len(rig.passed()), len(rig.changes())
    await rig.system.fault(kind="stale_read", method="GET", path="/customers", actor="tandem", times=1)
    ref = rig.changes()[-1].ref
    await rig.system.fault(
        kind="stale_read", method="GET", path=f"/customers/{ref.split(':')[2]}", actor="tandem", times=1
    )
    await rig.poller.round()
    assert (len(rig.passed()), rig.bookmark.reading.doubtful) == (passed, True)
    await rig.poller.round()

    assert (len(rig.changes()), len(rig.passed())) == (changes, passed + 1)
    assert rig.bookmark.reading.doubtful is False


async def test_a_doubt_outlives_its_process(rig: PollerRig) -> None:
    """Whoever comes after a crash reads everything again: the past may have been no past."""
    await rig.bookmark.store(complete=True, doubtful=True)
    await rig.close()
    await rig.open(epoch=2)

    assert rig.scanner.due()
    await rig.scan()
    assert (rig.bookmark.reading.doubtful, rig.bookmark.reading.scan_due) == (False, None)


async def test_a_contact_read_stale_after_our_write_keeps_both_edits(tmp_path: Path) -> None:
    """A user's edit, our write in the same second, a read that shows the first alone: one change, with both."""
    made = await PollerRig(tmp_path, invoiced(), "invoiced", entities=("customer", "contact")).open()
    await made.poller.round()
    parent = (await made.system.user.post("/customers", json={"name": "Acme"})).json()["id"]
    path = f"/customers/{parent}/contacts"
    number = (await made.system.user.post(path, json={"name": "Anna", "postal_code": "0150"})).json()["id"]
    await made.poller.round()
    await made.system.clock(5)
    assert (await made.system.user.patch(f"{path}/{number}", json={"address2": "Yard"})).is_success
    await write(made, f"invoiced:contact:{number}", f"{path}/{number}", {"postal_code": "0160"})
    await made.system.fault(kind="stale_read", method="GET", path=f"{path}/{number}", actor="tandem", times=1)
    before = len(made.changes("contact"))
    await made.poller.round()
    await made.poller.round()

    found = [
        ((one.after or {})["address2"], (one.after or {})["postal_code"]) for one in made.changes("contact")
    ]
    assert found[before:] == [("Yard", "0160")]
    await made.close()


async def write(rig: PollerRig, ref: str, path: str, values: dict[str, Any]) -> None:
    """Write as the sink does: marked while it runs, its answer known."""
    expected = {"postal_code": "0150"}
    command = Command(
        id="c", tenant="default", link_id="L", system="invoiced", flow="contact", entity="contact",
        verb="update", revision=1, ref=ref, changed=tuple(values), values=values, expected=expected,
    )  # fmt: skip
    with rig.order.writing(ref):
        answer = await rig.system.tandem_http.patch(path, json=values)
    shown = answer.json()
    done = Result(
        "c", "default", "L", "invoiced", 1, "done", rig.clock.now_ms(),
        ref=ref, image=shown, updated_at=shown["updated_at"] * 1000, wrote=True,
    )  # fmt: skip
    rig.order.answered(command, done)
