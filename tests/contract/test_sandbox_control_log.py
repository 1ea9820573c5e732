"""The request log, counters, clock, switches and reset of `/_sandbox`."""

import asyncio
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control import Clock, wrap

SWITCHES = {"api.strict": True, "api.slow": False}


class Api:
    """An application of one path behind the layer, with what it was told to forget."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self.resets = 0
        self.switches = dict(SWITCHES)
        self.clock = Clock()
        app = wrap(
            Starlette(routes=[Route("/notes", self._answer, methods=["GET", "POST", "DELETE"])]),
            data_dir=data_dir,
            actor=lambda request: request.headers.get("key"),
            error=lambda status, message, param: JSONResponse([message, param], status),
            switches=self.switches,
            reset_data=self._reset,
            clock=self.clock,
        )
        self.app = app
        transport = httpx.ASGITransport(app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://api", headers={"key": "tandem"})

    async def _answer(self, request: Request) -> Response:
        return JSONResponse({}, int(request.query_params.get("status", 200)))

    def _reset(self) -> None:
        self.resets += 1

    async def log(self, **params: Any) -> list[dict[str, Any]]:
        """The log as asked for."""
        return list((await self.client.get("/_sandbox/requests", params=params)).json()["requests"])


async def test_an_entry_tells_all_about_a_request() -> None:
    """Its fields are those the contract names; a number with decimals stays as it was sent."""
    api = Api()
    key = {"Idempotency-Key": "k"}
    await api.client.post("/notes?status=201&a=b", content=b'{"Price": 1.10}', headers=key)
    text = (await api.client.get("/_sandbox/requests")).text
    (entry,) = await api.log()
    age = datetime.now(UTC) - datetime.fromisoformat(entry.pop("at"))

    assert timedelta(0) <= age < timedelta(minutes=1)
    assert '"body":{"Price": 1.10}' in text
    assert entry == {
        "seq": 1,
        "actor": "tandem",
        "method": "POST",
        "path": "/notes",
        "query": "status=201&a=b",
        "status": 201,
        "fault": None,
        "applied": True,
        "idempotency_key": "k",
        "body": {"Price": 1.1},
    }


async def test_applied_means_a_write_that_was_carried_out() -> None:
    """Reads and refused writes are not."""
    api = Api()
    await api.client.get("/notes")
    await api.client.post("/notes?status=422")
    await api.client.delete("/notes?status=204")

    assert [entry["applied"] for entry in await api.log()] == [False, False, True]


async def test_the_log_is_read_on_from_where_one_stopped() -> None:
    """`next` leads on without loss, whatever the filter and the limit."""
    api = Api()
    for number in range(6):
        method, key = ("POST" if number % 2 else "GET"), ("user" if number == 5 else "tandem")
        await api.client.request(method, "/notes", headers={"key": key})
    page = (await api.client.get("/_sandbox/requests?limit=4")).json()
    rest = (await api.client.get(f"/_sandbox/requests?after={page['next']}")).json()

    assert ([entry["seq"] for entry in page["requests"]], page["next"]) == ([1, 2, 3, 4], 4)
    assert ([entry["seq"] for entry in rest["requests"]], rest["next"]) == ([5, 6], 6)
    assert [entry["seq"] for entry in await api.log(writes=1)] == [2, 4, 6]
    assert [entry["seq"] for entry in await api.log(writes=1, actor="tandem", after=2)] == [4]
    assert (await api.client.get("/_sandbox/requests?after=6")).json() == {"next": 6, "requests": []}


async def test_counters_tell_tandem_from_users() -> None:
    """Reads and writes are counted whether they succeed or not; `/_sandbox` itself is not."""
    api = Api()
    await api.client.get("/notes")
    await api.client.post("/notes?status=500")
    await api.client.post("/notes", headers={"key": "user"})

    assert (await api.client.get("/_sandbox/counters")).json() == {
        "tandem": {"reads": 1, "writes": 1},
        "user": {"reads": 0, "writes": 1},
    }


async def test_log_faults_switches_and_clock_outlive_a_restart(tmp_path: Path) -> None:
    """A second layer on the same folder goes on where the first one stopped, numbers included."""
    first = Api(tmp_path)
    await first.client.post("/notes")
    await first.client.post("/_sandbox/faults", json={"kind": "error", "times": 2})
    await first.client.post("/notes")
    await first.client.post("/_sandbox/clock", json={"offset_s": 60})
    await first.client.put("/_sandbox/switches", json={"api.slow": True})
    second = Api(tmp_path)
    statuses = [(await second.client.post("/notes")).status_code for _ in range(2)]

    assert statuses == [500, 200]
    assert [entry["seq"] for entry in await second.log()] == [1, 2, 3, 4]
    assert (await second.client.get("/_sandbox/counters")).json()["tandem"]["writes"] == 4
    assert (second.clock.offset_s, second.switches) == (60, {"api.strict": True, "api.slow": True})


async def test_the_end_of_a_server_writes_what_is_still_pending(tmp_path: Path) -> None:
    """Between start and shutdown entries wait for their batch; the shutdown does not."""
    api = Api(tmp_path)
    waiting = asyncio.Queue[dict[str, str]]()
    sent = list[MutableMapping[str, Any]]()

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)
        if message["type"] == "lifespan.startup.complete":
            await api.client.get("/notes")
            sent.append({"type": "kept", "entries": len(await Api(tmp_path).log())})
            waiting.put_nowait({"type": "lifespan.shutdown"})

    waiting.put_nowait({"type": "lifespan.startup"})
    await api.app({"type": "lifespan"}, waiting.get, send)
    entries = len(await Api(tmp_path).log())

    assert ([message.get("entries") for message in sent], entries) == ([None, 0, None], 1)


async def test_the_clock_moves_the_date_header() -> None:
    """The offset counts against real time, so that two moves do not add up."""
    api = Api()
    for _ in range(2):
        await api.client.post("/_sandbox/clock", json={"offset_s": -3600})
    told = parsedate_to_datetime((await api.client.get("/notes")).headers["Date"])

    assert abs(datetime.now(UTC) - timedelta(hours=1) - told) < timedelta(seconds=30)
    assert abs(api.clock.now() - told) < timedelta(seconds=30)


async def test_switches_are_read_by_the_application_itself() -> None:
    """A switch that is put is seen in the mapping the application holds; others stay."""
    api = Api()
    response = await api.client.put("/_sandbox/switches", json={"api.strict": False})

    assert response.json() == api.switches == {"api.strict": False, "api.slow": False}


async def test_reset_forgets_requests_and_faults_and_never_data_by_itself() -> None:
    """Numbers of the log go on; data, clock and switches are reset by name."""
    api = Api()
    await api.client.post("/_sandbox/faults", json={"kind": "error"})
    await api.client.post("/_sandbox/clock", json={"offset_s": 60})
    await api.client.post("/notes")
    await api.client.post("/_sandbox/reset")
    after = (await api.client.post("/notes")).status_code

    assert (after, [entry["seq"] for entry in await api.log()]) == (200, [2])
    assert (api.resets, api.clock.offset_s) == (0, 60)
    await api.client.put("/_sandbox/switches", json={"api.slow": True})
    await api.client.post("/_sandbox/reset", json={"what": ["data", "clock", "switches"]})
    assert (api.resets, api.clock.offset_s, api.switches) == (1, 0, SWITCHES)
    assert len(await api.log()) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("GET", "requests?after=-1", None, "after"),
        ("GET", "requests?actor=nobody", None, "actor"),
        ("GET", "requests?writes=yes", None, "writes"),
        ("GET", "requests?limit=0", None, "limit"),
        ("POST", "clock", {"offset_s": "soon"}, "offset_s"),
        ("POST", "clock", {"hours": 1}, "hours"),
        ("PUT", "switches", {"api.strict": 1}, "api.strict"),
        ("PUT", "switches", {"api.unknown": True}, "api.unknown"),
        ("POST", "reset", {"what": ["everything"]}, "what"),
        ("POST", "clock", None, "body"),
    ],
)
async def test_bad_input_is_refused_with_its_cure(method: str, path: str, body: Any, where: str) -> None:
    """The answer is 400 and names the field, and nothing was changed by it."""
    api = Api()
    response = await api.client.request(method, f"/_sandbox/{path}", json=body)
    error = response.json()["error"]

    assert (response.status_code, error["where"], bool(error["cure"])) == (400, where, True)
    assert (api.resets, api.clock.offset_s, api.switches) == (0, 0, SWITCHES)
