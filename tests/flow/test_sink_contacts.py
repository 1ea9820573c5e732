"""Writing Invoiced's contacts: below their customer, found in that customer's list, without any cross-reference."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.cursor import FeedReading
from connectors.errors import LeaseError
from connectors.feed import FeedReader
from connectors.invoiced.events import InvoicedFeed
from connectors.invoiced.records import read_error
from schemas.records import Command
from tests.flow.connector_rig import client_of, invoiced
from tests.flow.interruptions import cut_into, die
from tests.flow.sink_rig import SinkRig, gated

ANNA = {"name": "Anna Berg", "email": "anna@berg.example"}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink with an open gate, and one customer, number 1."""
    async with gated(tmp_path, invoiced(), "invoiced", "contact") as made:
        assert (await made.system.user.post("/customers", json={"name": "Acme"})).json()["id"] == 1
        yield made


async def add(rig: SinkRig, **fields: Any) -> str:
    answer = await rig.system.user.post("/customers/1/contacts", json={**ANNA, **fields})
    assert answer.status_code == 201, answer.text
    return f"invoiced:contact:{answer.json()['id']}"


async def listed(rig: SinkRig) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await rig.system.user.get("/customers/1/contacts")).json()
    return found


def create(rig: SinkRig, **fields: Any) -> Command:
    given = {
        "values": {**ANNA, "customer": 1}, "keys": {"email": ANNA["email"], "customer": 1},
        "parent": "invoiced:customer:1",
    }  # fmt: skip
    return rig.command("create", **(given | fields))


async def test_a_create_looks_in_the_parents_list(rig: SinkRig) -> None:
    """Nobody there agrees: the contact is created below its customer, and its image names the customer."""
    await add(rig, name="Bo Ek", email="bo@ek.example")
    result = await rig.send(create(rig))

    paths = [(one["method"], one["path"]) for one in await rig.system.requests()]
    assert paths == [("GET", "/customers/1/contacts"), ("POST", "/customers/1/contacts")]
    assert (result.outcome, (result.image or {})["customer"]) == ("done", 1)
    assert [one["name"] for one in await listed(rig)] == ["Bo Ek", "Anna Berg"]


async def test_who_agrees_in_a_key_is_found(rig: SinkRig) -> None:
    """A contact of that customer with the same e-mail address is reported; that the customer is the same says nothing."""
    ref = await add(rig, name="A. Berg")
    await add(rig, name="Bo Ek", email="bo@ek.example")
    result = await rig.send(create(rig))

    assert (result.outcome, [one.ref for one in result.found], result.wrote) == ("found", [ref], False)


@pytest.mark.parametrize("edited", [{}, {"email": "else@where.example"}])
async def test_a_lost_create_is_found_among_the_newer(rig: SinkRig, edited: dict[str, Any]) -> None:
    """The answer is lost and a user edits meanwhile: what is newer and may be ours is reported as perhaps our own."""
    await add(rig, name="Bo Ek", email="bo@ek.example")
    await rig.system.clock(10)
    await rig.send(rig.command(ref="invoiced:contact:1", parent="invoiced:customer:1", link_id="other",
                               values={"title": "Boss"}, expected={"title": None}))  # fmt: skip
    wire = await cut_into(rig)
    wire.plan("POST", "after", die)
    command = create(rig)
    rig.hand(command)
    await rig.died(LeaseError)
    assert (await rig.system.user.patch("/customers/1/contacts/2", json=edited)).is_success
    await rig.open(epoch=3)
    result = await rig.send(command)

    assert (result.outcome, result.wrote) == ("found", True)
    assert [one.ref for one in result.found] == ["invoiced:contact:2"]
    assert len(await listed(rig)) == 2


async def test_a_create_that_is_held_after_an_attempt_says_so(rig: SinkRig) -> None:
    """The process dies of its POST and the direction is paused: held, without a request, and perhaps carried out."""
    wire = await cut_into(rig)
    wire.plan("POST", "after", die)
    command = create(rig)
    rig.hand(command)
    await rig.died(LeaseError)
    await rig.open(epoch=3)
    await rig.gate(state="paused")
    result = await rig.send(command)

    assert (result.outcome, result.wrote) == ("held", True)


async def test_an_update_goes_below_the_parent(rig: SinkRig) -> None:
    """One PATCH below the customer the command names."""
    ref = await add(rig)
    result = await rig.send(
        rig.command(ref=ref, parent="invoiced:customer:1", values={"title": "Boss"}, expected={"title": None})
    )

    assert (result.outcome, (result.image or {})["customer"]) == ("done", 1)
    assert [one["path"] for one in await rig.system.requests()] == ["/customers/1/contacts/1"]


async def test_an_update_without_a_parent_asks_what_was_seen(rig: SinkRig) -> None:
    """A command that names no customer: the version the poller holds does; nobody knows: refused, no request."""
    ref = await add(rig)
    command = {"values": {"title": "Boss"}, "expected": {"title": None}}
    unknown = await rig.send(rig.command(ref=ref, link_id="one", **command))
    await rig.show(ref, {"id": 1, "customer": 1, **ANNA})
    known = await rig.send(rig.command(ref=ref, link_id="two", **command))

    assert [unknown.outcome, known.outcome] == ["refused", "done"]
    assert await rig.methods() == ["PATCH"]


@pytest.mark.parametrize("below", ["/customers/1/contacts/1", "/customers/1"])
async def test_an_update_of_what_is_gone(rig: SinkRig, below: str) -> None:
    """The contact, or its customer with it, is gone: so is the answer."""
    ref = await add(rig)
    assert (await rig.system.user.delete(below)).is_success
    result = await rig.send(
        rig.command(ref=ref, parent="invoiced:customer:1", values={"title": "Boss"}, expected={"title": None})
    )

    assert result.outcome == "gone"


async def test_a_delete_looks_first(rig: SinkRig) -> None:
    """A contact that shows what was expected is deleted; one somebody has edited is not."""
    ref, kept = await add(rig), await add(rig, name="Bo Ek")
    expected = {"expected": {"name": "Anna Berg"}, "parent": "invoiced:customer:1"}
    gone = await rig.send(rig.command("delete", ref=ref, link_id="one", **expected))
    stale = await rig.send(rig.command("delete", ref=kept, link_id="two", **expected))

    assert [gone.outcome, stale.outcome] == ["done", "stale"]
    assert [one["name"] for one in await listed(rig)] == ["Bo Ek"]


async def test_a_delete_waits_for_the_edit_it_was_told_of(rig: SinkRig) -> None:
    """The feed has told of an edit that a replica behind the look does not show yet: nothing is deleted on its word."""
    ref = await add(rig)
    feed = FeedReader(InvoicedFeed(), client_of(rig.system, read_error), FeedReading())
    feed.keep(await feed.news())
    path = f"/customers/1/contacts/{ref.split(':')[2]}"
    assert (await rig.system.user.patch(path, json={"title": "Boss"})).is_success
    rig.sinker.on_events(await feed.news())
    await rig.system.fault(kind="stale_read", method="GET", actor="tandem", path=path, times=1)
    expected = {"expected": {"title": None}, "parent": "invoiced:customer:1"}
    result = await rig.send(rig.command("delete", ref=ref, **expected))

    assert (result.outcome, result.attempts) == ("stale", 2)
    assert [one["title"] for one in await listed(rig)] == ["Boss"]


async def test_a_delete_of_what_is_gone_is_done(rig: SinkRig) -> None:
    """The customer is gone, and its contacts with it: there is nothing left to do."""
    ref = await add(rig)
    assert (await rig.system.user.delete("/customers/1")).is_success
    result = await rig.send(rig.command("delete", ref=ref, parent="invoiced:customer:1", expected={}))

    assert (result.outcome, await rig.methods()) == ("done", ["GET"])


async def test_a_contact_is_never_moved(rig: SinkRig) -> None:
    """Another customer means another contact: an update of it is told as what cannot be carried out, as is a create below nothing."""
    ref = await add(rig)
    moved = await rig.send(rig.command(ref=ref, parent="invoiced:customer:1", values={"customer": 2}))
    homeless = await rig.send(create(rig, parent=None, link_id="other"))

    assert [moved.outcome, homeless.outcome] == ["unsupported", "unsupported"]
    assert await rig.methods() == []


async def test_a_create_below_what_is_gone_is_refused(rig: SinkRig) -> None:
    """The customer was deleted meanwhile: the create is refused with the API's words, nothing is found."""
    assert (await rig.system.user.delete("/customers/1")).is_success
    result = await rig.send(create(rig))

    assert (result.outcome, await rig.methods()) == ("refused", ["GET", "POST"])
