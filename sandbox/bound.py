"""Processes that cannot outlive the one that started them.

`python -m sandbox.bound PROGRAM …` becomes PROGRAM, ended (SIGTERM) as soon as its parent is gone, even by kill -9.
"""

import ctypes
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: the child must not load libraries between fork and exec.
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def die_with(parent: int, with_signal: signal.Signals) -> None:
    """Have the kernel signal *this* process as soon as its parent is gone, however that ended."""
    _prctl(_PR_SET_PDEATHSIG, with_signal)
    if os.getppid() != parent:  # it died before the signal was armed
        os._exit(1)


def die_with_parent() -> Callable[[], None]:
    """A `preexec_fn`: the child is killed with the process that starts it.

    Trap: it is the *thread* that forks which counts, so start children from a thread that lives on.
    """
    return functools.partial(die_with, os.getpid(), signal.SIGKILL)


def spawn(
    command: Sequence[str | Path], log: Path, *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, output appended to `log`; it dies with this process."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - commands are built here, never from outside
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else {**os.environ, **env},
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent(),  # noqa: PLW1509 - one prctl, loaded before the fork
        )


if __name__ == "__main__":
    die_with(os.getppid(), signal.SIGTERM)
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - the command line itself names the program
