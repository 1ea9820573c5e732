"""Java programs from pinned Maven artifacts: locked, checksummed, cached outside the checkout, no system Java."""

from sandbox.jvm.artifacts import ArtifactError, fetch
from sandbox.jvm.child import die_with, die_with_parent, spawn
from sandbox.jvm.lock import Locked, read_lock
from sandbox.jvm.runtime import LEAN, UnsupportedError, java

__all__ = [
    "LEAN",
    "ArtifactError",
    "Locked",
    "UnsupportedError",
    "die_with",
    "die_with_parent",
    "fetch",
    "java",
    "read_lock",
    "spawn",
]
