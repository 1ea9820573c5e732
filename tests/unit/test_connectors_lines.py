"""Invoices and orders as the connectors read them: lines checked one by one, references by their ids."""

from collections.abc import Iterable
from typing import Any

import pytest

from connectors.crm.source import CrmSource
from connectors.exchange import Answer
from connectors.image import changed_names
from connectors.invoiced.events import parse_event
from connectors.invoiced.source import InvoicedSource
from connectors.modelled import modelled_of
from connectors.noise import noise_of
from connectors.source import Page, Place
from schemas.flow_file import load_flows
from schemas.profile_file import load_profile

SEEN = "2026-01-01T00:00:00Z"
CITY = {"order": frozenset({"ShippingAddress.City"})}


def answer(text: str) -> Answer:
    return Answer(200, {}, text.encode(), 1_000, 1_500)


def invoices(*records: str) -> Page:
    bodies = ",".join(f'{{"updated_at":5,{one}}}' for one in records)
    return InvoicedSource(entities=("invoice",)).page("invoice", Place(0), answer(f"[{bodies}]"))


def orders(*records: str, modelled: Any = None) -> Page:
    bodies = ",".join(f'{{"UpdatedAt":"{SEEN}",{one}}}' for one in records)
    source = CrmSource(load_profile(), ("order",), modelled)
    return source.page("order", Place(0), answer(f"[{bodies}]"))


@pytest.mark.parametrize(
    ("items", "cause"),
    [
        ('{"id":1}', "items is dict {'id': 1}, expected a list of objects"),
        ('[{"id":1},7]', "items[1] is int 7, expected an object"),
        ("[null]", "items[0] is NoneType None, expected an object"),
        ('[{"id":1},{"name":"x"}]', "items[1].id is missing"),
        ('[{"id":"1"}]', "items[0].id is str '1', expected int"),
        ('[{"id":1,"quantity":"2"}]', "items[0].quantity is str '2', expected int or Decimal"),
        ('[{"id":1,"unit_cost":true}]', "items[0].unit_cost is bool True, expected int or Decimal"),
        ('[{"id":1,"amount":[1]}]', "items[0].amount is list [1], expected"),
        ('[{"id":1,"taxes":"x"}]', "items[0].taxes is str 'x', expected list"),
        ('[{"id":1,"name":7}]', "items[0].name is int 7, expected str"),
    ],
)
def test_a_wrong_line_is_told_by_its_place(items: str, cause: str) -> None:
    """An invoice with a line nobody can read is set aside with that line's place; the others are read."""
    page = invoices(f'"id":1,"items":{items}', '"id":2,"items":[{"id":3,"quantity":1.5}],"paid":true')

    assert [one.ref for one in page.records] == ["invoiced:invoice:2"]
    assert [one.ref for one in page.unread] == ["invoiced:invoice:1"]
    assert cause in page.unread[0].cause


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ('"Lines":"x"', "Lines is str 'x', expected a list of objects"),
        ('"Lines":[{"LineId":"a"},null]', "Lines[1] is NoneType None, expected an object"),
        ('"Lines":[{"Name":"x"}]', "Lines[0].LineId is missing"),
        ('"Lines":[{"LineId":7}]', "Lines[0].LineId is int 7, expected str"),
        ('"Lines":[{"LineId":"a","Quantity":true}]', "Lines[0].Quantity is bool True, expected str or int"),
        ('"OrderNumber":7', "OrderNumber is int 7, expected str"),
        ('"IsDraft":"yes"', "IsDraft is str 'yes', expected bool"),
        ('"ShippingAddress":{"City":7}', "ShippingAddress.City is int 7, expected str"),
    ],
)
def test_a_wrong_order_is_told_by_its_place(fields: str, cause: str) -> None:
    """The same for the CRM's orders."""
    page = orders(f'"Id":"a",{fields}', '"Id":"b","Lines":[{"LineId":"x","Quantity":"1.50","Shelf":7}]')

    assert [one.ref for one in page.records] == ["crm:order:b"]
    assert cause in page.unread[0].cause


def test_what_only_orders_have_may_be_anything_elsewhere() -> None:
    """A customer's own property called Status or Lines is no order's."""
    shown = f'[{{"Id":"a","UpdatedAt":"{SEEN}","Status":3,"Lines":["x"]}}]'

    page = CrmSource(load_profile()).page("customer", Place(0), answer(shown))

    assert [dict(one.image)["Status"] for one in page.records] == [3]


def test_a_reference_is_its_id_however_it_is_shown() -> None:
    """A customer stands in an invoice by its id or as a whole: it is the id, and no part of the customer's."""
    page = invoices('"id":1,"customer":7', '"id":2,"customer":{"id":7,"name":"Acme","metadata":{}}')

    assert [one.image["customer"] for one in page.records] == [7, 7]
    assert not [name for one in page.records for name in one.image if name.startswith("customer.")]


@pytest.mark.parametrize("shown", ['"7"', "{}", '{"name":"Acme"}', "true"])
def test_a_reference_without_a_number_is_unreadable(shown: str) -> None:
    """What names no customer is told, not passed on."""
    assert "customer is" in invoices(f'"id":1,"customer":{shown}', '"id":2').unread[0].cause


def test_an_event_shows_references_by_their_ids() -> None:
    """Events show an invoice's customer whole; an invoice lives below nobody, a contact does."""
    told: dict[str, Any] = {
        "id": 1, "type": "invoice.updated", "timestamp": 9,
        "data": {"object": {"id": 4, "customer": {"id": 7, "name": "Acme"}, "items": []}},
    }  # fmt: skip
    invoice, contact = parse_event(told), parse_event({**told, "type": "contact.updated"})

    assert invoice is not None
    assert (invoice.ref, invoice.parent, invoice.image) == (
        "invoiced:invoice:4", None, {"id": 4, "customer": 7, "items": []},
    )  # fmt: skip
    assert contact is not None
    assert contact.parent == "7"


def _changed(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    noise = noise_of("invoiced", "invoice")
    return changed_names({"items": list(before)}, {"items": list(after)}, noise)


def test_what_is_news_of_a_line() -> None:
    """A line's stamp is no news by itself; its values, its place and its being there are."""
    one: dict[str, Any] = {"id": 1, "quantity": 1, "updated_at": 5}
    two: dict[str, Any] = {"id": 2, "updated_at": 5}

    assert _changed([one, two], [{**one, "updated_at": 6}, two]) == ()
    assert _changed([one, two], [{**one, "quantity": 2}, two]) == ("items",)
    assert _changed([one, two], [two, one]) == ("items",)
    assert _changed([one, two], [one]) == ("items",)
    assert _changed([], [one]) == ("items",)
    assert changed_names({"items": None}, {"items": [one]}, noise_of("invoiced", "invoice")) == ("items",)


@pytest.mark.parametrize(
    ("shown", "city"),
    [('"ShippingAddress":null,', None), ('"ShippingAddress":{"Name":"x"},', None), ("", "unknown")],
)
def test_an_address_that_is_not_there_is_empty(shown: str, city: str | None) -> None:
    """A nested field that a flow uses is empty where its object is null or lacks it, and unknown without its object."""
    (one,) = orders(f'{shown}"Id":"a"', modelled=CITY).records

    assert one.image.get("ShippingAddress.City", "unknown") == city
    assert "ShippingAddress.City" not in orders(f'{shown}"Id":"a"').records[0].image


def test_the_dotted_names_of_both_ends_of_a_flow_are_asked_for() -> None:
    """Tandem's own flows use some of either system's."""
    flows = load_flows()

    assert "metadata.fax" in modelled_of(flows, "invoiced")["customer"]
    assert "ShippingAddress.City" in modelled_of(flows, "crm")["order"]
