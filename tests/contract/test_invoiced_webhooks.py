"""Webhooks of the Invoiced simulator, against a receiver on a real port."""

import hashlib
import hmac
import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn

from sandbox.invoiced import create_app

SECRET = "s3cret"


class Receiver:
    """Answers each delivery with the next planned status, then 200, and keeps what came."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.received: Queue[tuple[bytes, str]] = Queue()
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            """One delivery."""

            def do_POST(self) -> None:
                """Takes the body and answers."""
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.received.put((body, self.headers["X-Invoiced-Signature"]))

            def do_GET(self) -> None:
                """Where a redirect leads: it would look like success to whoever followed."""
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Keeps quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def next(self) -> dict[str, Any]:
        """The next delivery's event, once its signature holds."""
        body, signature = self.received.get(timeout=10)
        assert hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest() == signature
        return dict(json.loads(body))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver, served in the background."""
    receiver = Receiver()
    thread = Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


@contextmanager
def simulator(receiver: Receiver, data_dir: Path | None = None) -> Iterator[httpx.Client]:
    """A simulator on a port, with the receiver registered, and a client for it."""
    app = create_app(data_dir, webhooks=[(receiver.url, SECRET)])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = Thread(target=server.run, args=([listener],))
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with listener, httpx.Client(base_url=address, auth=httpx.BasicAuth("inv-user", "")) as client:
        try:
            yield client
        finally:
            server.should_exit = True
            thread.join()


def test_an_event_is_posted_as_the_events_api_shows_it(receiver: Receiver) -> None:
    """Body = event, signed over the raw bytes."""
    with simulator(receiver) as api:
        api.post("/customers", json={"name": "A"})
        api.patch("/customers/1", json={"name": "B"})
        posted = [receiver.next(), receiver.next()]

        assert posted[::-1] == api.get("/events").json()


def test_a_failed_delivery_is_tried_again(receiver: Receiver) -> None:
    """A refusal and a redirect are no success: the same event comes until it is taken."""
    receiver.statuses = [500, 302]
    with simulator(receiver) as api:
        api.post("/customers", json={"name": "A"})

        assert [receiver.next()["id"] for _ in range(3)] == [1, 1, 1]


def test_a_planned_duplicate_is_posted_twice(receiver: Receiver) -> None:
    """Duplicates carry one event id."""
    with simulator(receiver) as api:
        api.post("/_sandbox/faults", json={"kind": "duplicate_event"})
        api.post("/customers", json={"name": "A"})

        assert receiver.next() == receiver.next()


def test_410_ends_deliveries(receiver: Receiver, tmp_path: Path) -> None:
    """Gone disables the endpoint for good: nothing more is sent, nothing waits to be sent."""
    receiver.statuses = [410]
    with simulator(receiver, tmp_path) as api:
        api.post("/customers", json={"name": "A"})
        receiver.next()
        api.post("/customers", json={"name": "B"})
    with closing(sqlite3.connect(tmp_path / "invoiced.db")) as db:
        waiting = db.execute("SELECT count(*) FROM deliveries").fetchone()

    assert receiver.received.empty()
    assert waiting == (0,)


def test_410_is_one_more_failure_with_the_switch_off(receiver: Receiver) -> None:
    """Without `webhook_gone_disables` the same event comes again."""
    receiver.statuses = [410]
    with simulator(receiver) as api:
        api.put("/_sandbox/switches", json={"invoiced.webhook_gone_disables": False})
        api.post("/customers", json={"name": "A"})

        assert [receiver.next()["id"] for _ in range(2)] == [1, 1]


def test_what_was_not_delivered_is_after_a_restart(receiver: Receiver, tmp_path: Path) -> None:
    """A planned delivery survives the process; it is made by the next one."""
    receiver.statuses = [500] * 2
    with simulator(receiver, tmp_path) as api:
        api.post("/customers", json={"name": "A"})
        receiver.next()
    with simulator(receiver, tmp_path):
        event = receiver.next()

    assert event["data"]["object"]["name"] == "A"


def test_what_time_changed_is_posted_when_it_is_read(receiver: Receiver) -> None:
    """An invoice found past due by a read is told as any change, with its customer, by nobody's hand."""
    with simulator(receiver) as client:
        client.put("/_sandbox/switches", json={"invoiced.past_due_is_silent": False})
        client.post("/customers", json={"name": "A"})
        line = {"name": "Rope", "unit_cost": 1}
        client.post("/invoices", json={"customer": 1, "items": [line], "payment_terms": "NET 7"})
        client.post("/_sandbox/clock", json={"offset_s": 8 * 86_400})
        client.get("/invoices")
        events = [receiver.next() for _ in range(3)]

    assert [event["type"] for event in events] == ["customer.created", "invoice.created", "invoice.updated"]
    assert events[2]["data"]["previous"] == {"status": "not_sent"}
    assert events[2]["data"]["object"]["customer"]["name"] == "A"
    assert (events[1]["user"]["id"], events[2]["user"]["id"]) == (6849, -2)
