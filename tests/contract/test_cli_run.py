"""`tandem run worker` as a process: ready, asked by the real command line, told to end; and what it refuses."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import simplejson
import stamina

from ops.reference import FOLDER
from sandbox.ports import free_ports

pytestmark = pytest.mark.kafka

TANDEM = Path(sys.executable).with_name("tandem")
SHAPES = FOLDER.parents[1] / "schemas" / "cli"
LISTS = (
    "links list",
    "links list --unlinked",
    "parked list",
    "conflicts list",
    "review list",
    "gate show",
    "plan",
)


def tandem(env: Mapping[str, str], *words: str) -> tuple[int, Any, Any]:
    """One command line as a process of its own: exit code, the object on stdout, the object on stderr."""
    line = [str(TANDEM), *words, "--output", "json"]
    done = subprocess.run(line, env=dict(env), capture_output=True, text=True, check=False)
    out, err = (simplejson.loads(text) if text else None for text in (done.stdout, done.stderr))
    return done.returncode, out, err


@pytest.fixture(scope="module")
def env(kafka: str, registry: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The settings of an installation of its own, with its topics made."""
    own = {
        "TANDEM_KAFKA__BOOTSTRAP": kafka,
        "TANDEM_REGISTRY__URL": registry,
        "TANDEM_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:10]}.",
        "TANDEM_STATE_DIR": str(tmp_path_factory.mktemp("state")),
        "TANDEM_HEALTH__PORT": str(next(free_ports())),
        "TANDEM_WORKER_ID": "worker-0",
        "TANDEM_GATE": "auto",
    }
    found = {**os.environ, **own}
    code, out, err = tandem(found, "topics", "apply")
    assert (code, err) == (0, None)
    assert {row["done"] for row in out["topics"]} == {"created"}
    return found


@pytest.fixture(scope="module")
def worker(env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is ready."""
    with subprocess.Popen([TANDEM, "run", "worker"], env=dict(env), stderr=subprocess.PIPE) as process:
        for attempt in stamina.retry_context(
            on=(httpx.TransportError, AssertionError), attempts=None, timeout=60
        ):
            with attempt:
                assert process.poll() is None
                assert httpx.get(f"http://127.0.0.1:{env['TANDEM_HEALTH__PORT']}/ready").is_success
        yield process
        process.kill()


def shape(name: str) -> Any:
    """A committed schema."""
    return simplejson.loads((SHAPES / f"{name}.json").read_text())


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("words", LISTS)
def test_lists_of_a_real_worker_fit_their_shapes(env: Mapping[str, str], words: str) -> None:
    """What the domain answers passes through the command line into the committed shape."""
    code, out, err = tandem(env, *words.split())

    assert (code, err) == (0, None)
    jsonschema_rs.validate(shape(words.split(maxsplit=1)[0]), out)


@pytest.mark.usefixtures("worker")
def test_status_of_a_real_worker_fits_its_shape(env: Mapping[str, str]) -> None:
    """A worker without connectors answers, has its flows, and is not ready."""
    code, out, _ = tandem(env, "status")

    jsonschema_rs.validate(shape("status"), out)
    assert (code, out["ready"], {row["state"] for row in out["flows"]}) == (0, False, {"running"})


@pytest.mark.usefixtures("worker")
def test_a_decision_is_carried_out(env: Mapping[str, str]) -> None:
    """A pause is decided through the log and shown by the next question."""
    code, out, _ = tandem(env, "pause", "--flow", "customer", "--direction", "to-crm")
    assert (code, [entry["done"] for entry in out["decisions"]]) == (0, [True])

    rows = tandem(env, "gate", "show", "--flow", "customer")[1]["gate"]

    assert {row["direction"]: row["state"] for row in rows} == {"to-crm": "paused", "to-invoiced": "open"}


@pytest.mark.usefixtures("worker")
def test_a_record_nobody_has_seen_is_exit_1(env: Mapping[str, str]) -> None:
    """The worker does not know the record, and says so."""
    code, out, err = tandem(env, "links", "get", "crm:customer:none")

    assert (code, out, err["error"]["code"]) == (1, None, "not_found")


def test_it_ends_with_0_when_told(env: Mapping[str, str], worker: subprocess.Popen[bytes]) -> None:
    """SIGTERM ends the worker with 0, and what it wrote to stderr is JSON."""
    worker.send_signal(signal.SIGTERM)

    lines = worker.communicate(timeout=30)[1].decode().splitlines()

    assert worker.returncode == 0
    assert all(simplejson.loads(line)["event"] for line in lines)


def test_without_topics_it_does_not_start(env: Mapping[str, str]) -> None:
    """A worker on a Kafka without our topics ends with 4 and the command that makes them."""
    code, _, err = tandem({**env, "TANDEM_TOPIC_PREFIX": "elsewhere."}, "run", "worker")

    assert (code, err["error"]["code"]) == (4, "no_topic")


def test_with_broken_flows_it_does_not_start(env: Mapping[str, str], tmp_path: Path) -> None:
    """A worker with a wrong flow file ends with 2 and names the line."""
    (tmp_path / "customer.yaml").write_text("name: customer\nversion: one\n")

    code, _, err = tandem({**env, "TANDEM_FLOWS": str(tmp_path)}, "run", "worker")

    assert (code, err["error"]["code"]) == (2, "flows")
    assert "customer.yaml:2" in err["error"]["message"]
