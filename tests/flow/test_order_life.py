"""Orders and invoices on both sides, line by line: made, edited at once, issued, paid, voided, with answers lost."""

import uuid
from functools import partial

import pytest

from tests.flow.customer_api import SYSTEMS, Name, Record
from tests.flow.family_records import Place, values_of
from tests.flow.installation import Installation
from tests.flow.order_api import ID, LINE, Orders, said
from tests.oracle.entities import CUSTOMER, PERSON, PRODUCT

pytestmark = pytest.mark.stack


@pytest.fixture
def orders(installation: Installation) -> Orders:
    """What users do with orders."""
    return Orders(installation)


@pytest.fixture
def buyer(orders: Orders) -> dict[Name, Record]:
    """An organisation on both sides, as an order of either names it."""
    entered = orders.users.create(CUSTOMER, "crm", {"name": f"Buyer {uuid.uuid4().hex[:8]}"})
    both = orders.users.both(CUSTOMER, entered)
    return {"invoiced": {"customer": int(both.invoiced.id)}, "crm": {"CustomerId": both.crm.id}}


@pytest.mark.parametrize("system", SYSTEMS)
def test_made(orders: Orders, buyer: dict[Name, Record], system: Name) -> None:
    """An order of either side stands on the other, as a draft in Invoiced, with each line, exact and once; then it is quiet."""
    lines = [orders.line(system, "apples", "3", "0.125"), orders.line(system, "pears", "0.5", "19.9")]
    here = orders.enter(system, buyer[system], *lines)
    there = orders.there(here)

    orders.both(here, there, said("apples", "3", "0.125"), said("pears", "0.5", "19.9"))
    places = {here.system: here, there.system: there}
    assert orders.users.read(places["invoiced"])["draft"] is (system == "crm")
    number = orders.users.read(places["invoiced"])["number"]
    orders.installation.until(number, lambda: orders.users.read(places["crm"])["OrderNumber"])
    orders.quiet()


@pytest.mark.parametrize("system", ["crm", pytest.param("invoiced", marks=pytest.mark.long)])
def test_lines_of_both_sides_at_once(orders: Orders, buyer: dict[Name, Record], system: Name) -> None:
    """While nothing is written both sides add, edit and remove lines: every edit stands, and every line once."""
    names = ("apples", "pears", "plums", "figs")
    here = orders.enter(
        system, buyer[system], *(orders.line(system, name) for name in names), **_draft(system)
    )
    there = orders.there(here)
    orders.both(here, there, *(said(name, "1", "10") for name in names))

    with orders.users.paused():
        _edit(orders, here, apples={1: "7"}, figs=None)
        _edit(orders, there, apples={2: "8"}, pears=None, quinces={1: "2", 2: "3"})
        _edit(orders, here, medlars={1: "4", 2: "5"})

    expected = [("apples", "7", "8"), ("plums", "1", "10"), ("quinces", "2", "3"), ("medlars", "4", "5")]
    orders.both(here, there, *(said(*one) for one in expected))
    orders.quiet()


@pytest.mark.parametrize("system", ["invoiced", pytest.param("crm", marks=pytest.mark.long)])
def test_the_answer_to_a_new_line_is_lost(orders: Orders, buyer: dict[Name, Record], system: Name) -> None:
    """A line is written, and nobody hears of it: it is found again, and stands once; so does what a user adds meanwhile."""
    here = orders.enter(system, buyer[system], orders.line(system, "apples"), **_draft(system))
    there = orders.there(here)
    orders.both(here, there, said("apples", "1", "10"))

    api = orders.installation.api(there.system)
    with api.fault("lose_response", f"^/{there.shelf}/", method="PATCH", times=1) as lost:
        _edit(orders, here, pears={1: "2", 2: "3"})
        orders.installation.until(1, lost.hits)
        _edit(orders, there, plums={1: "4", 2: "5"})

    orders.both(here, there, said("apples", "1", "10"), said("pears", "2", "3"), said("plums", "4", "5"))
    orders.quiet()


def test_issued_and_paid(orders: Orders, buyer: dict[Name, Record]) -> None:
    """Sales issues it in the CRM, finance has it paid in Invoiced: what is owed and its state are the same on both sides."""
    here = orders.enter(
        "crm", buyer["crm"], orders.line("crm", "apples", "3", "0.125"), orders.line("crm", "pears")
    )
    there = orders.there(here)
    orders.both(here, there, said("apples", "3", "0.125"), said("pears", "1", "10"))

    orders.users.patch(here, IsDraft=False)
    orders.installation.until(False, lambda: orders.users.read(there)["draft"])
    orders.users.send("invoiced", "POST", f"{there.path}/pay", {})
    orders.installation.until((True, "paid", "0"), lambda: _owed(orders, here))
    orders.quiet()


def test_ended(orders: Orders, buyer: dict[Name, Record]) -> None:
    """Deleted in the CRM, a draft is deleted in Invoiced and an issued invoice voided; a void shows in the CRM as its status."""
    made = [
        orders.enter("crm", buyer["crm"], orders.line("crm", name)) for name in ("draft", "issued", "voided")
    ]
    drafts = [orders.there(one) for one in made]
    for one, invoice in zip(made[1:], drafts[1:], strict=True):
        orders.users.patch(one, IsDraft=False)
        orders.installation.until(False, partial(_is_draft, orders, invoice))
    orders.installation.settle()

    for one in made[:2]:
        orders.users.send("crm", "DELETE", one.path)
    orders.users.send("invoiced", "POST", f"{drafts[2].path}/void", {})

    orders.installation.until(None, lambda: orders.users.find(drafts[0]))
    orders.installation.until("voided", lambda: orders.users.read(drafts[1])["status"])
    orders.installation.until("voided", lambda: orders.users.read(made[2])["Status"])
    assert not orders.users.read(made[2])["IsDeleted"]
    orders.quiet()


def test_of_a_person_with_products(orders: Orders) -> None:
    """A person's order names the Contact, and a line its product, by each system's own ids."""
    mark = uuid.uuid4().hex[:8]
    person = orders.users.both(PERSON, orders.users.create(PERSON, "crm", values_of(PERSON, mark)))
    product = orders.users.both(PRODUCT, orders.users.create(PRODUCT, "crm", values_of(PRODUCT, mark)))

    line = orders.line("crm", "apples", "2", "5", ProductId=product.crm.id)
    here = orders.enter("crm", {"ContactId": person.crm.id}, line)
    there = orders.there(here)

    orders.both(here, there, said("apples", "2", "5"))
    assert orders.users.read(there)["customer"] == int(person.invoiced.id)
    assert [one["catalog_item"] for one in orders.lines(there)] == [product.invoiced.id]
    orders.quiet()


def _is_draft(orders: Orders, place: Place) -> bool:
    return bool(orders.users.read(place)["draft"])


def _draft(system: Name) -> Record:
    return {"draft": True} if system == "invoiced" else {}


def _owed(orders: Orders, order: Place) -> tuple[bool, str, str]:
    found = orders.users.read(order)
    return found["IsPaid"], found["Status"], found["BalanceDue"]


def _edit(orders: Orders, place: Place, **wanted: dict[int, str] | None) -> None:
    """Lines by name: their new values by column, nothing for one that goes; a name that is not there is a new line."""
    names, number = LINE[place.system], ID[place.system]
    sent, left = [], dict(wanted)
    for one in orders.lines(place):
        change = left.pop(one[names[0]], {})
        if change is not None:
            sent.append({number: one[number], **_values(orders, place, change)})
    made = [
        orders.line(place.system, name, *(change[at] for at in (1, 2)))
        for name, change in left.items()
        if change
    ]
    orders.write(place, [*sent, *made])


def _values(orders: Orders, place: Place, change: dict[int, str]) -> Record:
    whole = orders.line(place.system, "", change.get(1, "0"), change.get(2, "0"))
    return {LINE[place.system][at]: whole[LINE[place.system][at]] for at in change}
