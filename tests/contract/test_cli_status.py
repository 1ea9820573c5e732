"""`tandem status` beside a real log: what the worker cannot know is counted here."""

import re
import shutil
from pathlib import Path
from time import time

import pytest

from schemas.flow_file import OWN_FLOWS
from tests.contract.cli_worker import AnsweringWorker, Run
from tests.contract.test_cli_shapes import ANSWERS, fits

pytestmark = pytest.mark.kafka
STATUS = ANSWERS["status"]
FLOW = STATUS["flows"][0]


@pytest.fixture
def organisations_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with one flow: its entities are all that has to be read."""
    shutil.copy(OWN_FLOWS / "customer.yaml", tmp_path)
    monkeypatch.setenv("TANDEM_FLOWS", str(tmp_path))


def test_lag_is_what_is_not_forwarded(worker: AnsweringWorker, run: Run) -> None:
    """A direction's lag is how many entries of its source's topic intake has not forwarded."""
    for value in (b"1", b"2", b"3"):
        worker.put("crm.customer", value)
    directions = [{**FLOW, "direction": direction} for direction in ("to-crm", "to-invoiced")]
    positions = {f"{worker.topics.name('crm.customer')}/0": 1}
    worker.answers["status"] = lambda _args: {**STATUS, "flows": directions, "positions": positions}

    code, out, err = run("status")

    assert (code, err) == (0, None)
    assert [(row["direction"], row["lag"]) for row in out["flows"]] == [("to-crm", 0), ("to-invoiced", 2)]
    assert any("is read to 1 of 3" in reason for reason in out["why_not_quiet"])
    fits("status", out)


def test_sync_lag_is_what_the_answer_has_not_seen(worker: AnsweringWorker, run: Run) -> None:
    """What stands in the log behind the place the worker has answered from is counted."""
    worker.answers |= {"links": lambda _args: {"links": []}, "status": lambda _args: {**STATUS, "offset": 0}}
    for _ in range(2):
        assert run("links", "list")[0] == 0

    assert run("status")[1]["sync_lag"] == 2


@pytest.mark.usefixtures("organisations_only")
def test_a_source_nobody_reads_is_no_quiet(worker: AnsweringWorker, run: Run) -> None:
    """A system that was last read long ago is named with its age and cause: what it shows by now is not known."""
    now = round(time() * 1_000)
    old = {**STATUS["sources"][0], "last_poll_at": now - 34_000, "cause": "401 for GET /customers"}
    fresh = {**old, "system": "invoiced", "last_poll_at": now, "cause": None}
    worker.answers["status"] = lambda _args: {**STATUS, "sources": [old, fresh]}

    _, out, _ = run("status")

    assert (out["ready"], out["quiet"], len(out["why_not_quiet"])) == (True, False, 1)
    assert re.fullmatch(
        r"crm customer was last read 3\d s ago: 401 for GET /customers", out["why_not_quiet"][0]
    )
    assert [source["cause"] for source in out["sources"]] == ["401 for GET /customers", None]
    fits("status", out)


@pytest.mark.usefixtures("organisations_only")
def test_all_read_lately_is_quiet(worker: AnsweringWorker, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source read within three poll intervals is fresh, however long these are."""
    monkeypatch.setenv("TANDEM_POLL_INTERVAL_S", "20")
    row = {**STATUS["sources"][0], "last_poll_at": round(time() * 1_000) - 50_000}
    rows = [row, {**row, "system": "invoiced"}]
    worker.answers["status"] = lambda _args: {**STATUS, "sources": rows}

    assert run("status")[1]["why_not_quiet"] == []
