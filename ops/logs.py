"""Writes the log: JSON lines for machines, coloured lines at a terminal, and no record's content at `info`.

Libraries speak through the standard library's logging; they get the same form. What a record holds
(names, addresses, amounts) is personal data: it is shown at `debug` only, above it its names alone. The message of
an exception may quote a record too, so above `debug` only its type and the places it passed are shown.
"""

import logging
import sys
from collections.abc import Mapping
from traceback import extract_tb
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

# Fields that hold a record's content, under the names the messages have.
CONTENT = frozenset(
    {"after", "args", "before", "body", "expected", "image", "keys", "previous", "query", "row", "values"}
)
# At `info` these say every request's URL, and a look-up's URL holds the value that is looked up.
# Exceptions whose messages are about places and processes, never about records.
_SPOKEN = frozenset(
    {
        "AckError",
        "KafkaException",
        "LeaseError",
        "LookupError",
        "RegistryError",
        "RegistryUnreachable",
        "SchemaMissing",
    }
)
_TALKATIVE = ("httpx", "httpcore", "aiokafka", "faust", "mode", "asyncio", "uvicorn")

log = structlog.get_logger(__name__)


def configure(level: str) -> None:
    """Sets up the log of this process, once, before anything is written; what nobody catches goes there too."""
    shown = getattr(logging, level.upper())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if shown <= logging.DEBUG else without_message,
        without_content,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(shown),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer()],
        )
    )
    handler.addFilter(not_life_cycle)
    logging.basicConfig(handlers=[handler], level=shown, force=True)
    sys.excepthook = _uncaught
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(shown, logging.WARNING) if shown > logging.DEBUG else shown)


def not_life_cycle(record: logging.LogRecord) -> bool:
    """Drops what Faust's services say of their own starting and stopping (`[^--Consumer]: Starting...`)."""
    return record.levelno >= logging.WARNING or not str(record.msg).startswith("[^")


def without_content(_logger: Any, method: str, event: EventDict) -> EventDict:
    """Leaves of a record's content only the names of its properties, but at `debug`."""
    if method == "debug" or event.get("level") == "debug":
        return event
    for name in CONTENT & event.keys():
        event[name] = sorted(event[name]) if isinstance(event[name], Mapping) else "(not shown)"
    return event


def without_message(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Leaves of an exception its type and the places it passed, the message only where it is known to be harmless."""
    if (
        event.get("logger") == "asyncio"
    ):  # behind its first line asyncio puts what has failed, message and all
        event["event"] = str(event["event"]).partition("\n")[0]
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["places"] = [f"{at.filename}:{at.lineno} {at.name}" for at in extract_tb(error.__traceback__)]
        if isinstance(error, OSError) or event["error"] in _SPOKEN:
            event["reason"] = str(error)
    return event


def _uncaught(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.error("process.ended", exc_info=error)


def _renderer() -> Processor:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(sort_keys=False, default=str)
