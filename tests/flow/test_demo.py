"""The demo tells the truth: where a system refuses every write, it fails and names the step."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = Path(__file__).parents[2] / "sandbox" / "faults" / "crm-readonly.json"


@pytest.mark.stack
def test_a_read_only_crm_makes_the_demo_fail_and_name_the_step(tmp_path: Path) -> None:
    """Joined records are equal as they were; the first step that needs a write to the CRM is untrue."""
    command = [sys.executable, "-m", "sandbox.demo", "--once", "--faults", str(FAULTS)]

    done = subprocess.run(
        [*command, "--root", str(tmp_path), "--patience", "5"],
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads((tmp_path / ".tandem" / "demo.json").read_text())
    assert not report["ok"]
    untrue = [step["name"] for step in report["steps"] if not step["ok"]]
    assert untrue == ["On one side before: created on the other"]
    assert untrue[0] in done.stdout
    assert not (tmp_path / ".tandem" / "sandbox.json").exists()
