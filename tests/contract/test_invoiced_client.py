"""Invoiced's own Python client runs against the simulator on a real port."""

import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import invoiced
import pytest
import uvicorn

from sandbox.invoiced import create_app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a simulator. The socket listens before the server runs, so nobody has to wait."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning", lifespan="on"))
    thread = Thread(target=server.run, args=([listener],))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def client(url: str) -> Any:
    """The official client with Tandem's key."""
    client = invoiced.Client("inv-tandem")
    client.api_url = url
    return client


def test_a_customer_lives_through_the_official_client(client: Any) -> None:
    """Create, retrieve, save, delete."""
    made = client.Customer.create(name="Acme", number="life-1", metadata={"crm_id": "7"})
    same = client.Customer.retrieve(made.id)
    same.phone = "123"
    saved = same.save()
    read = client.Customer.retrieve(made.id)

    assert (saved, read.name, read.phone, read.metadata) == (True, "Acme", "123", {"crm_id": "7"})
    assert read.delete() is True
    with pytest.raises(invoiced.errors.InvalidRequestError, match="No such customer"):
        client.Customer.retrieve(made.id)


def test_lists_page_by_their_links(client: Any) -> None:
    """The client reads count and links from the headers; its filters arrive."""
    for number in range(5):
        client.Customer.create(name="Paged", number=f"page-{number}")
    seen: list[str] = []
    page, more = 1, True
    while more:
        customers, meta = client.Customer.list(
            page=page, per_page=2, filter={"name": "Paged"}, sort="number asc"
        )
        seen += [customer.number for customer in customers]
        page, more = page + 1, "next" in meta.links

    assert seen == [f"page-{number}" for number in range(5)]
    assert meta.total_count == 5


def test_refusals_are_the_clients_own_errors(client: Any, url: str) -> None:
    """400 and 401 come as the exceptions the client has for them."""
    stranger = invoiced.Client("nobody")
    stranger.api_url = url

    with pytest.raises(invoiced.errors.InvalidRequestError) as refused:
        client.Customer.create(name="Acme", type="robot")
    assert refused.value.error["param"] == "type"
    with pytest.raises(invoiced.errors.AuthenticationError):
        stranger.Customer.list()


def test_an_idempotency_key_creates_once(client: Any) -> None:
    """The client's key makes the second create the first one."""
    first = client.Customer.create(idempotency_key="create-0001", name="Once")
    second = client.Customer.create(idempotency_key="create-0001", name="Once")

    assert first.id == second.id


def test_events_are_listed(client: Any) -> None:
    """The client's event list shows what happened to a customer."""
    made = client.Customer.create(name="Told")
    events, meta = client.Event.list(related_to=f"customer,{made.id}")

    assert [event.type for event in events] == ["customer.created"]
    assert events[0].data["object"]["name"] == "Told"
    assert meta.total_count == 1


def test_a_contact_lives_through_the_official_client(client: Any) -> None:
    """Create, list, retrieve, save, delete below a customer, as the client addresses them."""
    customer = client.Customer.create(name="Acme")
    made = customer.contacts().create(name="Ada", email="ada@x.no")
    same = customer.contacts().retrieve(made.id)
    same.title = "CEO"
    saved = same.save()
    contacts, meta = customer.contacts().list(sort="name asc", per_page=100)

    assert (saved, meta.total_count) == (True, 1)
    assert [(each.id, each.name, each.title) for each in contacts] == [(made.id, "Ada", "CEO")]
    assert contacts[0].delete() is True
    with pytest.raises(invoiced.errors.InvalidRequestError, match="No such contact"):
        customer.contacts().retrieve(made.id)


def test_an_item_lives_through_the_official_client(client: Any) -> None:
    """Create, list, save and, for a price, delete and create again; a price in a save is refused."""
    made = client.Item.create(id="client-sku", name="Hammer", unit_cost=45, metadata={"a": "1"})
    made.description = "heavy"
    saved = made.save()
    items, _ = client.Item.list(metadata={"a": "1"})
    made.unit_cost = 50

    assert (saved, [(each.id, each.description) for each in items]) == (True, [("client-sku", "heavy")])
    with pytest.raises(invoiced.errors.InvalidRequestError) as refused:
        made.save()
    assert refused.value.error["param"] == "unit_cost"
    assert client.Item.retrieve("client-sku").delete() is True
    again = client.Item.create(idempotency_key="price-0001", id="client-sku", name="Hammer", unit_cost=50)
    assert (again.unit_cost, client.Item.retrieve("client-sku").unit_cost) == (50, 50)


def test_an_invoice_lives_through_the_official_client(client: Any) -> None:
    """Create with lines, list, save, pay, void, delete, as the client does them."""
    customer = client.Customer.create(name="Acme", payment_terms="NET 14")
    line = {"name": "Rope", "quantity": 2, "unit_cost": 4.5}
    made = client.Invoice.create(customer=customer.id, items=[line], metadata={"crm_id": "7"})
    listed, meta = client.Invoice.list(filter={"customer": customer.id}, sort="updated_at ASC")
    made.purchase_order = "PO"
    made.items = [{"id": made["items"][0]["id"], "quantity": 1}, {"name": "Saw", "unit_cost": 1}]
    saved = made.save()
    voided = made.void()
    owed = client.Invoice.create(customer=customer.id, items=[line])
    paid = owed.pay()
    draft = client.Invoice.create(customer=customer.id, draft=True)

    assert ([each.id for each in listed], meta.total_count) == ([made.id], 1)
    assert (saved, made.total, made.purchase_order) == (True, 5.5, "PO")
    assert (voided, made.status, made.balance) == (True, "voided", 0)
    assert (paid, owed.paid, owed.status) == (True, True, "paid")
    assert draft.delete() is True
    owed.notes = "n"
    with pytest.raises(invoiced.errors.InvalidRequestError, match="is closed"):
        owed.save()


def test_pending_lines_live_through_the_official_client(client: Any) -> None:
    """Create, save, list, bill."""
    customer = client.Customer.create(name="Acme")
    made = customer.line_items().create(name="Rope", unit_cost=3)
    made.quantity = 2
    saved = made.save()
    lines, meta = customer.line_items().list(per_page=100)
    bill = customer.invoice(idempotency_key="bill-0001")
    again = customer.invoice(idempotency_key="bill-0001")

    assert (saved, [line.amount for line in lines], meta.total_count) == (True, [6], 1)
    assert (bill.id, bill.total, bill.status) == (again.id, 6, "not_sent")
