"""Says in one line why this Python on this machine cannot run Tandem; silent where it can.

Run as a file before anything is installed, by Pythons that may be old: the standard library only.
"""

import platform
import sys

LOWEST, HIGHEST = (3, 11), (3, 14)


def objection() -> str:
    """One line, or nothing where all is well."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    if platform.python_implementation() != "CPython" or not LOWEST <= sys.version_info[:2] <= HIGHEST:
        return f"Tandem needs CPython 3.11 to 3.14; {sys.executable} is {python}. Name another: make PYTHON=python3.11"
    machine = " ".join(filter(None, (sys.platform, platform.machine(), platform.libc_ver()[0])))
    if machine != "linux x86_64 glibc":
        return f"Tandem runs on Linux x86-64 with glibc; this is {machine}. Use such a machine or container."
    return ""


if __name__ == "__main__":
    line = objection()
    if line:
        sys.stderr.write(line + "\n")
        sys.exit(1)
