"""What a sandbox is told: by make, by the environment, and what it says to a wish it cannot understand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.stack import identity
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from sandbox.stack.plan import Plan, given_in, spec
from schemas.flow_file import OWN_FLOWS


def plan(root: Path, options: Options, **environment: str) -> Plan:
    """The plan of a sandbox that was called for with this environment."""
    layout = Layout(root)
    layout.make()
    return Plan(layout, options, identity.load(layout), given_in(environment, root))


def test_the_environment_beats_the_sandboxs_own_choice(tmp_path: Path) -> None:
    """What the user sets reaches every process and the command line; what only the sandbox knows stays."""
    made = plan(
        tmp_path,
        Options(),
        TANDEM_BREAKER__CHANGE_LINKS="5",
        TANDEM_POLL_INTERVAL_S="3",
        TANDEM_FLOWS="my/flows",
        TANDEM_KAFKA__BOOTSTRAP="elsewhere:9092",
        TANDEM_STATE_DIR="/elsewhere",
        HOME="/root",
    )

    worker = spec(made, "worker-0").env
    assert (worker["TANDEM_BREAKER__CHANGE_LINKS"], worker["TANDEM_POLL_INTERVAL_S"]) == ("5", "3")
    assert worker["TANDEM_FLOWS"] == str(tmp_path / "my/flows")
    assert worker["TANDEM_KAFKA__BOOTSTRAP"] == made.broker().bootstrap
    assert worker["TANDEM_STATE_DIR"].startswith(str(tmp_path))
    assert "TANDEM_BREAKER__CHANGE_LINKS=5\n" in made.env_file()
    assert "HOME" not in worker


def test_a_wish_spoken_to_make_beats_the_environment(tmp_path: Path) -> None:
    """`make up GATE=held` is nearer than a variable somebody once exported."""
    made = plan(tmp_path, Options(gate="held", poll=2.0), TANDEM_GATE="auto", TANDEM_POLL_INTERVAL_S="9")

    assert (made.settings()["TANDEM_GATE"], made.settings()["TANDEM_POLL_INTERVAL_S"]) == ("held", "2.0")


@pytest.mark.parametrize(
    ("module", "words", "says"),
    [
        ("sandbox.stack", ["up", "--gate", "nonsense"], "GATE: 'nonsense' is not one of 'auto', 'held'"),
        ("sandbox.stack", ["up", "--faults", "missing.json"], "FAULTS: File 'missing.json' does not exist"),
        ("sandbox.stack", ["up", "--profile", "nope"], "PROFILE: File 'nope' does not exist"),
        ("sandbox.demo", ["--faults", "missing.json"], "FAULTS: File 'missing.json' does not exist"),
    ],
)
def test_a_wrong_wish_is_one_line(tmp_path: Path, module: str, words: list[str], says: str) -> None:
    """The variable of make is named with the cure; nothing is started."""
    command = [sys.executable, "-m", module, "--root", str(tmp_path), *words]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert "; " in done.stderr
    assert not (tmp_path / ".tandem").exists()


def test_every_mistake_of_a_profile_is_named_before_anything_starts(tmp_path: Path) -> None:
    """A profile that is none ends at once, with its lines."""
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\n")
    command = [sys.executable, "-m", "sandbox.stack", "--root", str(tmp_path), "up", "--profile", str(file)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{file}:1: " in done.stderr
    assert not (tmp_path / ".tandem").exists()


def test_a_wrong_flow_file_is_named_before_anything_starts(tmp_path: Path) -> None:
    """Flow files of one's own are read by `make up` itself: every mistake at once, in one line."""
    flows = tmp_path / "mine"
    shutil.copytree(OWN_FLOWS, flows)
    file = flows / "product.yaml"
    file.write_text(file.read_text().replace("crm: UnitPrice", "crm: UnitPrise").replace(": item", ": itm"))
    command = [sys.executable, "-m", "sandbox.stack", "--root", str(tmp_path), "up"]
    environment = os.environ | {"TANDEM_FLOWS": "mine"}

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, env=environment)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"{file}:20: crm 'UnitPrise'" in done.stderr
    assert "did you mean 'item'?" in done.stderr
    assert not (tmp_path / ".tandem").exists()
