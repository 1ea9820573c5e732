"""The Invoiced simulator keeps its state through a restart and a kill."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.invoiced import create_app

AUTH = httpx.BasicAuth("inv-user", "")
CONTACTS = "/customers/1/contacts"


@contextmanager
def process(data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """`python -m sandbox.invoiced` on a free port; connecting is retried by the client until it listens."""
    port = _free_port()
    command = [sys.executable, "-m", "sandbox.invoiced", "--port", str(port), "--data-dir", str(data_dir)]
    running = subprocess.Popen(command)
    transport = httpx.HTTPTransport(retries=6)
    try:
        with httpx.Client(transport=transport, base_url=f"http://127.0.0.1:{port}", auth=AUTH) as client:
            yield running, client
    finally:
        running.kill()
        running.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_killed_process_has_lost_nothing(tmp_path: Path) -> None:
    """What was answered before kill -9 is there afterwards: records, events, replays, switches, numbers."""
    key = {"Idempotency-Key": "abc-123"}
    with process(tmp_path) as (running, client):
        made = client.post("/customers", json={"name": "A"}, headers=key)
        client.patch("/customers/1", json={"phone": "1"})
        client.put("/_sandbox/switches", json={"invoiced.metadata_replace": False})
        running.kill()
        running.wait()
    with process(tmp_path) as (_, client):
        again = client.post("/customers", json={"name": "B"}, headers=key)
        shown = client.get("/customers/1").json()
        events = client.get("/events").json()
        switches = client.get("/_sandbox/switches").json()
        second = client.post("/customers", json={"name": "B"}).json()

    assert again.json() == made.json()
    assert shown["phone"] == "1"
    assert [event["id"] for event in events] == [2, 1]
    assert switches["invoiced.metadata_replace"] is False
    assert (second["id"], second["number"]) == (2, "CUST-00002")


async def test_two_applications_over_one_folder_agree(tmp_path: Path) -> None:
    """An application made later reads what an earlier one wrote."""
    for name in ("A", "B"):
        transport = httpx.ASGITransport(create_app(tmp_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://inv.test", auth=AUTH) as api:
            await api.post("/customers", json={"name": name})
            listed = (await api.get("/customers")).json()

    assert [customer["name"] for customer in listed] == ["A", "B"]


async def test_contacts_and_items_survive_a_restart(tmp_path: Path) -> None:
    """A later application shows them as they were, archived items too, and gives no contact's id again."""
    first = httpx.ASGITransport(create_app(tmp_path))
    async with httpx.AsyncClient(transport=first, base_url="http://inv.test", auth=AUTH) as api:
        await api.post("/customers", json={"name": "A"})
        kept = (await api.post(CONTACTS, json={"name": "Ada"})).json()
        await api.post(CONTACTS, json={"name": "Bo"})
        await api.delete(f"{CONTACTS}/2")
        for cost in (5, 6):
            item = (await api.post("/items", json={"name": "I", "id": "sku", "unit_cost": cost})).json()
            await api.delete("/items/sku") if cost == 5 else None
    second = httpx.ASGITransport(create_app(tmp_path))
    async with httpx.AsyncClient(transport=second, base_url="http://inv.test", auth=AUTH) as api:
        contacts, items = (await api.get(CONTACTS)).json(), (await api.get("/items")).json()
        archived = (await api.get("/items?archived=1")).json()
        third = (await api.post(CONTACTS, json={"name": "Cy"})).json()

    assert (contacts, items) == ([kept], [item])
    assert [each["unit_cost"] for each in archived] == [5]
    assert third["id"] == 3


async def test_invoices_lines_and_payments_survive_a_restart(tmp_path: Path) -> None:
    """A later application shows them as they were, what time has changed too, and gives no id or number again."""
    first = httpx.ASGITransport(create_app(tmp_path))
    body = {"customer": 1, "items": [{"unit_cost": "0.1", "quantity": 3}], "sent": True, "due_date": 5}
    async with httpx.AsyncClient(transport=first, base_url="http://inv.test", auth=AUTH) as api:
        await api.post("/customers", json={"name": "A"})
        await api.post("/invoices", json=body)
        await api.post("/invoices/1/pay", json={"amount": "0.05"})
        await api.post("/customers/1/line_items", json={"name": "Rope"})
        paths = ("/invoices", "/customers/1/line_items", "/payments", "/events")
        before = [(await api.get(path)).text for path in paths]
    second = httpx.ASGITransport(create_app(tmp_path))
    async with httpx.AsyncClient(transport=second, base_url="http://inv.test", auth=AUTH) as api:
        after = [(await api.get(path)).text for path in paths]
        invoice = (await api.post("/invoices", json=body)).json()

    assert after == before
    assert '"balance":0.25,' in after[0]
    assert (invoice["id"], invoice["number"], invoice["items"][0]["id"]) == (2, "INV-0002", 3)
