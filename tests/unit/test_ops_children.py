"""Processes that run side by side end side by side."""

import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from ops.children import Child, supervise
folder = Path({folder!r})
waits = "import os, pathlib, signal; pathlib.Path(os.environ['TANDEM_STATE_DIR']).touch(); signal.pause()"
children = [Child(name, (sys.executable, "-c", waits), folder / name) for name in ("one", "two")]
children += [Child("three", (sys.executable, "-c", {third!r}), folder / "three")]
print("begun", flush=True)
sys.exit(supervise(children))
"""
# Ends once the other two have begun: what it waits for is a file, not a time.
ENDS = "import pathlib, sys; f = pathlib.Path({folder!r})\nwhile not ((f/'one').exists() and (f/'two').exists()): pass\nsys.exit({code})"


def supervised(folder: Path, third: str) -> subprocess.Popen[str]:
    """Two processes that wait for ever and a third one, under supervision."""
    program = PROGRAM.format(folder=str(folder), third=third)
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_first_end_ends_all(tmp_path: Path) -> None:
    """When one ends, the others are ended too, and its exit code is the whole's."""
    with supervised(tmp_path, ENDS.format(folder=str(tmp_path), code=3)) as process:
        process.communicate(timeout=30)

    assert process.returncode == 3


def test_an_end_without_being_asked_is_a_failure(tmp_path: Path) -> None:
    """A process that ends by itself with 0 is missed all the same."""
    with supervised(tmp_path, ENDS.format(folder=str(tmp_path), code=0)) as process:
        process.communicate(timeout=30)

    assert process.returncode == 1


def test_sigterm_ends_all_with_0(tmp_path: Path) -> None:
    """Told to end, all end, and that is well; no process is left to hold the pipe open."""
    tells = f"import os, signal; {ENDS.format(folder=str(tmp_path), code=0).replace('sys.exit(0)', '')}"
    third = f"{tells}\nos.kill(os.getppid(), signal.SIGTERM)\nsignal.pause()"
    with supervised(tmp_path, third) as process:
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert process.returncode != -signal.SIGTERM
