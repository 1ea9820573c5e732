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


FAILING = """
import asyncio, logging, structlog
from confluent_kafka import KafkaError, KafkaException
from ops.logs import configure
configure("info")

def fold():
    raise {error}

async def forgotten():
    asyncio.get_running_loop().create_future().set_exception(ValueError("Astrid Lindgren"))

try:
    fold()
except Exception:
    structlog.get_logger("tandem.test").exception("event.poisoned")
    logging.getLogger("elsewhere").exception("plain")
asyncio.run(forgotten())
fold()
"""


def said(error: str) -> tuple[int, list[dict[str, object]]]:
    """How a process ends that logs this error, loses one in a future and dies of the first, and what it writes."""
    program = FAILING.format(error=error)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def test_the_message_of_an_exception_is_not_shown() -> None:
    """Of an exception, caught, forgotten or deadly, the log shows type and place; its message may quote a record."""
    code, shown = said('ValueError("Astrid Lindgren is no number")')

    assert code == 1
    assert [line["event"] for line in shown] == [
        "event.poisoned", "plain", "Future exception was never retrieved", "process.ended",
    ]  # fmt: skip
    assert {line["error"] for line in shown} == {"ValueError"}
    assert str(shown[-1]["places"]).endswith("fold']")
    assert "Astrid" not in json.dumps(shown)


def test_what_kafka_says_is_shown() -> None:
    """An exception about a place and not about a record keeps its message: it is what one looks for."""
    _, shown = said('KafkaException(KafkaError(KafkaError._ALL_BROKERS_DOWN, "no broker at 127.0.0.1:1"))')

    assert "no broker at 127.0.0.1:1" in str(shown[-1]["reason"])
