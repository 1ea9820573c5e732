"""The lock of every Java artifact the sandbox runs: coordinates, size and SHA-256.

`python -m sandbox.jvm.relock` writes it anew; nothing is resolved at run time.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

TITLES = {"kafka": "Apache Kafka", "registry": "Apicurio Registry"}
LOCK = Path(__file__).with_name("lock.json")


class Locked(Struct, frozen=True):
    """One file of a Maven component, and how to know it is the right one."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int
    classifier: str = ""
    packaging: str = "jar"

    @property
    def filename(self) -> str:
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{suffix}.{self.packaging}"


def read_lock(path: Path = LOCK) -> Mapping[str, tuple[Locked, ...]]:
    """The locked files of each program (`kafka`, `registry`), in class path order."""
    return {name: tuple(Locked(**row) for row in rows) for name, rows in json.loads(path.read_text()).items()}
