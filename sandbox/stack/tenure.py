"""The lock that says a supervisor is in office: held as long as it lives, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import IO

from sandbox.stack.layout import Layout


def take(layout: Layout) -> IO[str] | None:
    """Hold the office and write one's pid into it, or None while another lives. Keep the file open."""
    file = layout.lock.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def holder(path: Path) -> int | None:
    """The pid of the living supervisor, or None."""
    if not path.exists():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0) or None
        return None
