"""Two customers are merged in Invoiced: whoever stood below the one that went up in the other is re-pointed."""

import uuid
from collections.abc import Callable
from functools import partial

from tests.flow.family_api import Family
from tests.flow.family_records import Both, Place, values_of
from tests.flow.installation import Installation, Pair
from tests.flow.order_api import Orders
from tests.oracle.entities import CONTACT


def stands(family: Family, one: Both) -> list[object]:
    """Below whom a contact stands in either system."""
    return [family.read(one.crm)["CustomerId"], family.place(family.link(one.crm), "invoiced").shelf]


def _buyer(family: Family, order: Place) -> object:
    return family.read(order)["CustomerId"]


def test_contacts_follow_a_merge(installation: Installation, pair: Callable[[], Pair]) -> None:
    """The CRM's contacts and orders name the winner, the loser is archived there and listed for a person; none is doubled."""
    family, winner, loser = Family(installation), pair(), pair()
    told = [values_of(CONTACT, uuid.uuid4().hex[:8]) for _ in range(2)]
    here = family.create(CONTACT, "invoiced", told[0], loser.invoiced)
    there = family.create(CONTACT, "crm", told[1], loser.crm)
    contacts = [family.both(CONTACT, here), family.both(CONTACT, there)]
    orders = Orders(installation)
    billed = orders.enter(
        "invoiced", {"customer": int(loser.invoiced)}, orders.line("invoiced", "apples"), draft=True
    )
    sold = orders.enter("crm", {"CustomerId": loser.crm}, orders.line("crm", "pears"))
    both = [(billed, orders.there(billed)), (orders.there(sold), sold)]
    links, since = [family.link(one.crm)["link_id"] for one in contacts], installation.marks()

    family.send("invoiced", "POST", f"/customers/{winner.invoiced}/merge", {"customer": loser.invoiced})

    installation.until(True, lambda: installation.crm.get(loser.crm)["IsDeleted"])
    for one, link_id, values in zip(contacts, links, told, strict=True):
        installation.until(
            [winner.crm, f"customers/{winner.invoiced}/contacts"], partial(stands, family, one)
        )
        moved = family.both(CONTACT, one.crm)
        family.until_equal(moved, **values)
        assert family.link(one.crm)["link_id"] == link_id
    for invoice, order in both:
        installation.until(winner.crm, partial(_buyer, family, order))
        assert str(family.read(invoice)["customer"]) == str(winner.invoiced)
    review = [str(one.get("cause")) for one in installation.every("review")]
    assert (
        sum(
            f"invoiced:customer:{loser.invoiced}:" in cause and installation.crm.ref(loser.crm) in cause
            for cause in review
        )
        == 1
    )
    assert family.posts(since, *(values["email"] for values in told)) == []
    installation.quiet()
