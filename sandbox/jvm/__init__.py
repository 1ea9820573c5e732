"""Java programs from pinned Maven artifacts: locked, checksummed, cached outside the checkout, no system Java."""

from sandbox.jvm.artifacts import ArtifactError, fetch
from sandbox.jvm.lock import TITLES
from sandbox.jvm.runtime import LEAN, UnsupportedError, java

__all__ = [
    "LEAN",
    "TITLES",
    "ArtifactError",
    "UnsupportedError",
    "fetch",
    "java",
]
