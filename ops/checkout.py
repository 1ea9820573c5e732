"""Finds what belongs to the checkout a command is run in: the running sandbox and `tandem.toml`."""

import json
from pathlib import Path

from msgspec import Struct

from ops.errors import Mistake


class Sandbox(Struct, frozen=True):
    """A running sandbox, as its own `.tandem/sandbox.json` describes it."""

    path: Path
    env_file: Path
    state: str

    @property
    def socket(self) -> Path:
        """Where the supervisor listens."""
        return self.path.parent / "supervisor.sock"


def upward(name: str, start: Path) -> Path | None:
    """The nearest file of that name in `start` or a folder above it."""
    return next((folder / name for folder in (start, *start.parents) if (folder / name).is_file()), None)


def find_sandbox(start: Path) -> Sandbox | None:
    """The sandbox of the checkout around `start`, or None where none runs."""
    path = upward(".tandem/sandbox.json", start)
    if path is None:
        return None
    try:
        content = json.loads(path.read_text())
        env_file = Path(content["env_file"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Mistake(
            "sandbox_file",
            f"the sandbox's file cannot be read: {error!r}",
            where=str(path),
            cure="run `make down`, then `make up`",
        ) from error
    return Sandbox(path, path.parent / env_file, str(content.get("state", "")))


def env_file_of(sandbox: Sandbox) -> Path:
    """The sandbox's variables; a file that is not there belongs to a sandbox that was killed."""
    if not sandbox.env_file.is_file():
        raise Mistake(
            "sandbox_file",
            f"the sandbox names an environment file that is not there: {sandbox.env_file}",
            where=str(sandbox.path),
            cure="run `make down`, then `make up`",
        )
    return sandbox.env_file
