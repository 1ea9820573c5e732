"""Waiting until a started process really answers, or saying why it does not."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class StartError(Exception):
    """A process ended or stayed silent before it was ready; the message ends with the last lines of its log."""


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, or a note that it is empty."""
    if not log.exists():
        return f"(no log at {log})"
    text = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(text) or f"({log} is empty)"


def wait_until(
    answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, seconds: float
) -> None:
    """Ask `answers` until it says yes; raise `StartError` when the process is gone or time is up."""
    deadline = time.monotonic() + seconds
    while not answers():
        if process.poll() is not None:
            raise StartError(f"{log.stem} ended with code {process.returncode}. Its log says:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise StartError(f"{log.stem} did not answer within {seconds:.0f} s. Its log says:\n{tail(log)}")
        time.sleep(0.05)
