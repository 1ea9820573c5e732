"""Where everything of one sandbox stands: the folder `.tandem/` of a checkout."""

import os
from pathlib import Path

from msgspec import Struct


class Layout(Struct, frozen=True):
    """The places of the sandbox of one checkout; nothing of it is anywhere else but the cache."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / ".tandem"

    @property
    def manifest(self) -> Path:
        return self.home / "sandbox.json"

    @property
    def env_file(self) -> Path:
        return self.home / "sandbox.env"

    @property
    def identity(self) -> Path:
        return self.home / "identity.json"

    @property
    def lock(self) -> Path:
        return self.home / "supervisor.lock"

    @property
    def socket(self) -> Path:
        return self.home / "supervisor.sock"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def seeded(self) -> Path:
        return self.state / "seeded"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def make(self) -> None:
        """Create the folders, for this user only: they hold keys."""
        for folder in (self.home, self.logs, self.state):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def checkout() -> Path:
    """The checkout this code stands in."""
    return Path(__file__).resolve().parents[2]


def write_private(path: Path, content: bytes) -> None:
    """Replace a file in one step, readable by this user only."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    half.replace(path)
