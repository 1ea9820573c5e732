"""The CRM's contacts and products: read and written by the profile, as its customers are."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flow.connector_rig import crm
from tests.flow.poller_rig import PollerRig
from tests.flow.sink_rig import SinkRig, gated

BOTH = ("contact", "product")
RECORDS: dict[str, dict[str, Any]] = {
    "contact": {"FirstName": "Anna", "LastName": "Berg"},
    "product": {"Name": "Widget", "ProductCode": "blue", "UnitPrice": "12.50"},
}
EDITS: dict[str, dict[str, Any]] = {"contact": {"Title": "Boss"}, "product": {"UnitPrice": "13"}}


@pytest.fixture
async def poller(tmp_path: Path) -> AsyncIterator[PollerRig]:
    """A poller of contacts and products that has not read anything yet."""
    made = await PollerRig(tmp_path, crm(), "crm", entities=BOTH).open()
    yield made
    await made.close()


@pytest.fixture
async def contacts(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink of contacts with an open gate."""
    async with gated(tmp_path, crm(), "crm", "contact") as made:
        yield made


@pytest.fixture
async def products(tmp_path: Path) -> AsyncIterator[SinkRig]:
    """A running sink of products with an open gate."""
    async with gated(tmp_path, crm(), "crm", "product") as made:
        yield made


async def add(system: Any, entity: str, **fields: Any) -> str:
    answer = await system.user.post(f"/{entity}s", json={**RECORDS.get(entity, {}), **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["Id"])


@pytest.mark.parametrize("entity", BOTH)
async def test_an_edit_is_published(poller: PollerRig, entity: str) -> None:
    """Backfilled once, then an edit with the names that differ."""
    number = await add(poller.system, entity)
    await poller.scan(entity=entity)
    await poller.poller.round()
    assert (await poller.system.user.patch(f"/{entity}s/{number}", json=EDITS[entity])).is_success
    await poller.poller.round()

    first, second = poller.changes(entity)
    assert (first.op, first.ref, second.op) == ("r", f"crm:{entity}:{number}", "u")
    assert second.changed == tuple(EDITS[entity])
    assert poller.polling.bookmarks[entity].reading.complete


async def test_a_quiet_round_costs_a_request_an_entity(poller: PollerRig) -> None:
    """Ten rounds over unchanged records: a request for each entity, nothing published."""
    for entity in BOTH:
        await add(poller.system, entity)
        await poller.scan(entity=entity)
    await poller.system.clock(10)
    await poller.poller.round()
    before = len(await poller.system.requests())
    await poller.rounds(10)

    assert len(await poller.system.requests()) - before == 20
    assert [len(poller.changes(entity)) for entity in BOTH] == [1, 1]


async def test_an_archived_record_is_an_update(poller: PollerRig) -> None:
    """A contact that is archived in the CRM is shown as deleted, and is not gone."""
    number = await add(poller.system, "contact")
    await poller.poller.round()
    assert (await poller.system.user.delete(f"/contacts/{number}")).is_success
    await poller.poller.round()

    assert [(change.op, (change.after or {})["IsDeleted"]) for change in poller.changes("contact")] == [
        ("c", False), ("u", True),
    ]  # fmt: skip


async def test_money_goes_as_text(products: SinkRig) -> None:
    """A price is written as a decimal's text, exactly, and what the CRM shows of it is at its target."""
    values = {"Name": "Widget", "ProductCode": "blue", "UnitPrice": Decimal("12.50")}
    made = await products.send(
        products.command("create", values=values, keys={"ProductCode": "blue"}, xref="invoiced:item:blue")
    )
    ref = str(made.ref)
    change = {"values": {"UnitPrice": Decimal("1E+2")}, "expected": {"UnitPrice": Decimal("12.5")}}
    changed = await products.send(products.command(ref=ref, again=True, **change))

    assert (made.outcome, changed.outcome, changed.normalised) == ("done", "done", ())
    shown = (await products.system.user.get(f"/products/{ref.rpartition(':')[2]}")).json()
    assert (Decimal(shown["UnitPrice"]), shown["ExternalId"]) == (Decimal(100), "invoiced:item:blue")
    assert (await products.methods())[:2] == ["GET", "POST"]


async def test_a_contact_is_looked_for_below_its_customer(contacts: SinkRig) -> None:
    """Who agrees in a key below the same customer is reported; who agrees elsewhere is not; nobody agrees: created."""
    mine, theirs = (
        await add(contacts.system, "customer", Name="A"),
        await add(contacts.system, "customer", Name="B"),
    )
    anna = {"FirstName": "Anna", "LastName": "Berg", "Email": "anna@berg.example"}
    there = await add(contacts.system, "contact", **anna, CustomerId=theirs)
    await add(contacts.system, "contact", FirstName="Anna", LastName="Ek", CustomerId=mine)

    def create(customer: str, link: str) -> Any:
        return contacts.command(
            "create", link_id=link, values={**anna, "CustomerId": customer}, xref=f"invoiced:contact:{link}",
            keys={**anna, "CustomerId": customer}, parent=f"crm:customer:{customer}",
        )  # fmt: skip

    found = await contacts.send(create(theirs, "1"))
    made = await contacts.send(create(mine, "2"))

    assert (found.outcome, [one.ref for one in found.found]) == ("found", [f"crm:contact:{there}"])
    assert (made.outcome, (made.image or {})["ExternalId"]) == ("done", "invoiced:contact:2")
    assert await contacts.methods() == ["GET", "GET", "POST"]


async def test_a_lost_create_is_found_by_its_cross_reference(contacts: SinkRig) -> None:
    """The answer of the POST is lost: the contact that carries our cross-reference is ours."""
    mine = await add(contacts.system, "customer", Name="A")
    await contacts.system.fault(kind="lose_response", method="POST", path="/contacts", actor="tandem")
    result = await contacts.send(
        contacts.command(
            "create", values={**RECORDS["contact"], "CustomerId": mine}, xref="invoiced:contact:7",
            keys={"CustomerId": mine}, parent=f"crm:customer:{mine}",
        )
    )  # fmt: skip

    assert (result.outcome, (result.image or {})["ExternalId"]) == ("done", "invoiced:contact:7")
    assert len((await contacts.system.user.get("/contacts")).json()) == 1
