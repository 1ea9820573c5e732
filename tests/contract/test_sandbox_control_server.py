"""A simulator on a port: it tells when it is ready, cuts connections, ends cleanly and loses nothing."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from sandbox.stack.boot import plan_faults

FAULTS = Path(__file__).parents[2] / "sandbox" / "faults" / "crm-readonly.json"


def _told(ready: Path) -> dict[str, Any]:
    for attempt in stamina.retry_context(on=FileNotFoundError, attempts=200, timeout=20, wait_max=0.1):
        with attempt:
            return dict(json.loads(ready.read_text()))
    raise AssertionError


@contextmanager
def running(folder: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    """A CRM process on a free port, and a client with Tandem's key."""
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox.crm", "--data-dir", str(folder), "--ready", str(ready)]
    process = subprocess.Popen([*command, "--api-key", "t", "--user-api-key", "u"])
    try:
        headers = {"Authorization": "Bearer t"}
        with httpx.Client(base_url=_told(ready)["url"], headers=headers) as client:
            yield client, process
    finally:
        process.kill()
        process.wait()


def test_a_server_ends_cleanly_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """SIGTERM ends it with 0, also with an open connection, and the batched log is whole afterwards."""
    with running(tmp_path) as (crm, process):
        assert crm.get("/_sandbox/health").status_code == 200
        for name in range(20):
            crm.post("/customers", json={"Name": str(name)})
        process.send_signal(signal.SIGTERM)
        ended = process.wait(timeout=10)
    with running(tmp_path) as (crm, _):
        records, log = crm.get("/customers").json(), crm.get("/_sandbox/requests").json()["requests"]

    assert (ended, len(records), [entry["seq"] for entry in log]) == (0, 20, [*range(1, 22)])


@pytest.mark.parametrize(("kind", "applied"), [("lose_response", True), ("drop_connection", False)])
def test_a_cut_connection_is_cut_on_a_port_too(tmp_path: Path, kind: str, applied: bool) -> None:
    """The client sees the connection end without an answer, and the server goes on."""
    with running(tmp_path) as (crm, _):
        crm.post("/_sandbox/faults", json={"kind": kind})
        with pytest.raises(httpx.TransportError):
            crm.post("/customers", json={"Name": "A"})
        records = crm.get("/customers").json()

    assert len(records) == int(applied)


def test_the_read_only_faults_refuse_tandem_and_nobody_else(tmp_path: Path) -> None:
    """With crm-readonly.json every write of Tandem is answered 403, reads and users' writes are not."""
    with running(tmp_path) as (crm, _):
        user = {"Authorization": "Bearer u"}
        at = crm.post("/customers", json={"Name": "A"}, headers=user).headers["Location"]
        for fault in json.loads(FAULTS.read_text())["crm"]:
            assert crm.post("/_sandbox/faults", json=fault).status_code == 201
        refused = [
            crm.request(m, p, json={"Name": "B"})
            for m, p in (("POST", "/customers"), ("PATCH", at), ("DELETE", at))
        ]
        allowed = [crm.get(at), crm.patch(at, json={"Phone": "1"}, headers=user)]

    assert [response.status_code for response in refused] == [403] * 3
    assert refused[0].json()["Error"]["Code"] == "forbidden"
    assert [response.status_code for response in allowed] == [200] * 2


async def test_a_start_without_faults_has_none(tmp_path: Path) -> None:
    """What an earlier `make up FAULTS=…` had planned and not used up is gone; a file's own faults are there."""
    with running(tmp_path) as (crm, _):
        urls = {"crm": str(crm.base_url)}
        await plan_faults(urls, str(FAULTS))
        planned = crm.get("/_sandbox/faults").json()["faults"]
        await plan_faults(urls, None)
        left = crm.get("/_sandbox/faults").json()["faults"]

    assert ([fault["status"] for fault in planned], left) == ([403], [])
