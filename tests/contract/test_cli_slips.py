"""A slip of the hand ends with one line, a cure that can be followed, and 2; what is well-formed but unknown with 1."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from ops.cli.root import perform
from schemas.flow_file import OWN_FLOWS
from tests.contract.cli_worker import AnsweringWorker, Run

LINK = "11111111-2222-3333-4444-555555555555"
FLOWS = {"flows": [{"flow": "customer", "direction": "to-crm", "state": "running"}], "sources": []}
REFUSED = {"done": False, "outcome": f"there is no link {LINK!r}"}


@pytest.mark.parametrize(
    "words",
    [
        "links get foo",
        "links unlink foo",
        "links get sap:customer:1",
        "links get crm:customer:",
        "pause --link nope",
        "review separate nope",
        "links join crm:customer:1 nope",
    ],
)
def test_a_malformed_name_says_its_form(run: Run, words: str) -> None:
    """Nothing is asked for what cannot be a record or link, and the form is told."""
    code, out, err = run(*words.split())

    assert (code, out, err["error"]["code"]) == (2, None, "bad_ref")
    assert "system:entity:id" in err["error"]["cure"]


@pytest.mark.kafka
def test_an_entity_no_flow_has_is_a_slip(worker: AnsweringWorker, run: Run) -> None:
    """`crm:custmer:1` is told from a record that is not there."""
    missing = {"error": {"code": "not_found", "message": "not known"}}
    worker.answers["link"] = lambda _args: missing

    slip = run("links", "get", "crm:custmer:1")
    unknown = run("links", "get", "crm:customer:1")

    assert (slip[0], unknown[0]) == (2, 1)
    assert "crm:customer" in slip[2]["error"]["message"]
    assert "tandem links list" in unknown[2]["error"]["cure"]


@pytest.mark.kafka
@pytest.mark.parametrize(
    "words", ["gate approve", "pause", "resume", "breaker approve", "links list", "review list"]
)
def test_an_unknown_flow_names_those_there_are(worker: AnsweringWorker, run: Run, words: str) -> None:
    """A flow's name that is mistyped is not answered by an empty list, and decides nothing."""
    empty: dict[str, Any] = {"links": [], "review": [], "breaker": [], "gate": [], "next": None}
    worker.answers |= dict.fromkeys(("links", "review", "breaker", "gate"), lambda _args: empty)
    worker.answers["status"] = lambda _args: FLOWS

    code, out, err = run(*words.split(), "--flow", "nope")

    assert (code, out, worker.decisions) == (2, None, [])
    assert err["error"]["cure"] == "known flows: customer"


@pytest.mark.kafka
@pytest.mark.parametrize("words", ["parked replay event:x/0/0", f"parked discard {LINK}:to-crm"])
def test_what_is_not_parked_points_to_the_list(worker: AnsweringWorker, run: Run, words: str) -> None:
    """An id that is not parked is said before anything is decided."""
    worker.answers["parked"] = lambda _args: {"parked": [], "next": None}

    code, _, err = run(*words.split())

    assert (code, worker.decisions) == (1, [])
    assert "tandem parked list" in err["error"]["cure"]


@pytest.mark.kafka
@pytest.mark.parametrize(
    "words",
    [
        f"pause --link {LINK}",
        "review separate crm:customer:1",
        "conflicts resolve c --take crm",
        f"parked replay {LINK}:to-crm",
    ],
)
def test_a_refused_decision_has_a_cure(worker: AnsweringWorker, run: Run, words: str) -> None:
    """A no of the worker names the command that shows what there is."""
    worker.answers["decision"] = lambda _args: REFUSED

    code, _, err = run(*words.split())

    assert code == 1
    assert "`tandem " in err["error"]["cure"]


def test_a_missing_option_is_one_line(run: Run) -> None:
    """What may be chosen stands behind the option's name, not below it."""
    code, _, err = run("backfill", "start")

    assert (code, err["error"]["message"]) == (2, "Missing option '--system'. Choose from: invoiced, crm")


def test_what_is_always_read_whole_is_not_stopped(run: Run) -> None:
    """Invoiced's items have no other polling: nothing is told to the worker, and the way to stop them is named."""
    code, _, err = run("backfill", "stop", "--system", "invoiced", "--entity", "item")

    assert (code, err["error"]["code"]) == (2, "no_stop")
    assert "TANDEM_INVOICED__ITEM_INTERVAL_S" in err["error"]["cure"]


@pytest.mark.parametrize("words", ["status", "links list", "settle", "topics apply", "run worker"])
def test_without_a_kafka_nobody_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Where nobody named a Kafka, a command says so instead of trying its default."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TANDEM_KAFKA__BOOTSTRAP", raising=False)

    code, out, err = run(*words.split())

    assert (code, out, err["error"]["code"]) == (2, None, "no_kafka")
    assert (
        err["error"]["message"]
        == "no sandbox runs in this checkout and TANDEM_KAFKA__BOOTSTRAP names no Kafka"
    )
    assert "make up" in err["error"]["cure"]


def test_what_needs_no_kafka_works_without(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and flows are shown, and the doctor names the Kafka that is missing, in no minute's time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TANDEM_KAFKA__BOOTSTRAP", raising=False)

    _, found, _ = run("doctor")

    assert [run(*words.split())[0] for words in ("config show", "flows check")] == [0, 0]
    assert [(one["name"], one["ok"]) for one in found["checks"]][-1] == ("kafka", False)


def test_a_flow_file_is_checked_with_its_folder(run: Run, tmp_path: Path) -> None:
    """One file stands for its folder; a mistake is one mistake, and a path that leads nowhere is a slip."""
    file = tmp_path / "customer.yaml"
    file.write_text("name: [\n")

    code, out, err = run("flows", "check", str(file))
    missing = run("flows", "check", str(tmp_path / "nope"))

    assert (code, out["folder"], err["error"]["message"]) == (1, str(tmp_path), "1 mistake in the flow files")
    assert (missing[0], missing[2]["error"]["message"]) == (2, f"{tmp_path / 'nope'} is no folder or file")


@pytest.mark.parametrize("words", ["worker", "connector --system crm", "connector --system invoiced"])
def test_no_process_starts_on_a_wrong_flow(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """A field the CRM does not have ends each with 2 and the line, before it has reached for anything."""
    shutil.copytree(OWN_FLOWS, tmp_path / "flows")
    file = tmp_path / "flows" / "product.yaml"
    file.write_text(file.read_text().replace("crm: UnitPrice", "crm: UnitPrise"))
    given = {"FLOWS": str(file.parent), "STATE_DIR": str(tmp_path), "KAFKA__BOOTSTRAP": "127.0.0.1:9"}
    for name, value in {
        **given,
        "CRM__URL": "http://127.0.0.1:9",
        "CRM__API_KEY": "k",
        "INVOICED__API_KEY": "k",
    }.items():
        monkeypatch.setenv(f"TANDEM_{name}", value)

    code, _, err = run("run", *words.split())

    assert (code, err["error"]["code"]) == (2, "flows")
    assert err["error"]["message"].startswith(f"{file}:20: crm 'UnitPrise' of 'unit_cost' is no field")


def test_the_help_of_reject_promises_no_drop(capsys: pytest.CaptureFixture[str]) -> None:
    """Rejecting pauses; whoever reads its help must not think that the edit is gone."""
    perform(["breaker", "reject", "--help"])

    text = " ".join(capsys.readouterr().out.split())
    assert "Nothing is dropped" in text
    assert "tandem resume" in text
