"""What the log shows, and what it keeps to itself."""

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from ops.logs import configure
configure("{level}")
log = structlog.get_logger("tandem.test")
log.{method}("written", ref="crm:customer:1", values={{"Name": "Astrid Lindgren"}}, row="Astrid Lindgren")
logging.getLogger("httpx").{method}("GET http://crm/?Email=astrid@example.org")
logging.getLogger("elsewhere").warning("plain")
"""


def lines(level: str, method: str) -> list[dict[str, object]]:
    """What a process with this log level writes."""
    program = PROGRAM.format(level=level, method=method)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not done.stdout
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_at_info_only_names_are_shown() -> None:
    """At info a record's content is not in the log: its property names are."""
    shown = lines("info", "info")

    assert "Astrid" not in json.dumps(shown)
    assert "astrid" not in json.dumps(shown)
    assert (shown[0]["event"], shown[0]["values"]) == ("written", ["Name"])
    assert shown[0]["ref"] == "crm:customer:1"


def test_at_debug_content_is_shown() -> None:
    """Whoever asks for debug sees the values."""
    assert lines("debug", "debug")[0]["values"] == {"Name": "Astrid Lindgren"}


def test_libraries_write_the_same_form() -> None:
    """A library's line is JSON with a time, a level and a name like our own."""
    shown = lines("info", "info")[-1]

    assert (shown["event"], shown["level"], shown["logger"]) == ("plain", "warning", "elsewhere")
    assert str(shown["timestamp"]).endswith("Z")
