"""`tandem doctor` asks both systems with the key: what they answer is named with its cure."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from ops.configuration import load
from ops.errors import Failure, Mistake, Negative, Unreached
from ops.system_look import System, look

ASKED: list[tuple[str, str | None]] = []


class OneStatus(BaseHTTPRequestHandler):
    """Answers every request with the status that stands in its server's path: `/503/customers`."""

    def do_GET(self) -> None:
        """Notes the login and answers."""
        ASKED.append((self.path, self.headers["authorization"]))
        self.send_response(int(self.path.split("/")[1]))
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A system that answers as its path says, and keys to ask it with."""
    server = HTTPServer(("127.0.0.1", 0), OneStatus)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    ASKED.clear()
    monkeypatch.setenv("TANDEM_INVOICED__API_KEY", "inv-key")
    monkeypatch.setenv("TANDEM_CRM__API_KEY", "crm-key")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asked(monkeypatch: pytest.MonkeyPatch, system: System, url: str) -> str | Failure:
    """What the look at a system there comes to."""
    monkeypatch.setenv(f"TANDEM_{system.upper()}__URL", url)
    try:
        return look(load(), system)
    except Failure as failure:
        return failure


@pytest.mark.parametrize(("system", "login"), [("invoiced", "Basic aW52LWtleTo="), ("crm", "Bearer crm-key")])
def test_the_key_is_tried(address: str, monkeypatch: pytest.MonkeyPatch, system: System, login: str) -> None:
    """One record is asked for with the system's own login."""
    said = asked(monkeypatch, system, f"{address}/200")

    assert said == f"{address}/200/customers answers and takes the key (200)"
    assert [("/200/customers?per_page=1", login)] == ASKED


@pytest.mark.parametrize("system", ["invoiced", "crm"])
@pytest.mark.parametrize(
    ("status", "kind", "cure"),
    [
        (401, Mistake, "__API_KEY"),
        (403, Mistake, "__API_KEY"),
        (404, Mistake, "__URL"),
        (418, Negative, "__URL"),
        (503, Unreached, "goes on by itself"),
    ],
)
def test_what_is_wrong_is_named_with_its_cure(
    address: str, monkeypatch: pytest.MonkeyPatch, system: System, status: int, kind: type[Failure], cure: str
) -> None:
    """A refused key, a wrong address and a system that fails are told apart."""
    said = asked(monkeypatch, system, f"{address}/{status}")

    assert isinstance(said, kind)
    assert str(status) in said.message
    assert cure in said.cure


def test_a_system_that_is_away_is_exit_4(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: the address is named."""
    monkeypatch.setenv("TANDEM_CRM__API_KEY", "crm-key")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    said = asked(monkeypatch, "crm", f"http://127.0.0.1:{port}")

    assert isinstance(said, Unreached)
    assert str(port) in said.message


def test_without_a_key_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is not set is a setting's mistake; the real Invoiced hears nothing."""
    monkeypatch.delenv("TANDEM_INVOICED__API_KEY", raising=False)

    with pytest.raises(Mistake, match="TANDEM_INVOICED__API_KEY is not set"):
        look(load(), "invoiced")
