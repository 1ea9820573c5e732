"""Writes what a command answers: one JSON object for programs, tables for people."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import simplejson
from msgspec import Struct

from ops.cli.tables import show_tables
from ops.errors import Failure

# Inside these stand records as their systems show them; their times are theirs and stay as they are.
_RECORDS = frozenset({"invoiced_base", "crm_base", "invoiced_seen", "crm_seen", "base", "image", "values"})
_TIMES = frozenset(
    {"at", "first_at", "last_poll_at", "last_scan_at", "retry_at", "observed_at", "decided_at", "since"}
)


class Reply(Struct, frozen=True):
    """What a command answers. `columns` names, by list, the columns people see; `failure` goes to stderr too.

    `shown` stands for `data` where people read another layout; `notes` are lines for people below it.
    """

    data: Mapping[str, Any]
    exit_code: int = 0
    columns: Mapping[str, Sequence[str]] = {}
    failure: Failure | None = None
    shown: Mapping[str, Any] | None = None
    notes: Sequence[str] = ()


def show(reply: Reply, *, as_json: bool) -> None:
    """Writes the answer to stdout."""
    if as_json:
        text = simplejson.dumps(with_times(reply.data), use_decimal=True, ensure_ascii=False)
        sys.stdout.write(text + "\n")
    else:
        show_tables(with_times(reply.data if reply.shown is None else reply.shown), reply.columns)
        sys.stdout.writelines(f"{note}\n" for note in reply.notes)
    sys.stdout.flush()


def show_failure(failure: Failure, *, as_json: bool) -> None:
    """Writes what went wrong to stderr."""
    if as_json:
        sys.stderr.write(simplejson.dumps(failure.as_json(), ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"error: {failure.message}\n")
    for name in ("where", "cure"):
        if text := getattr(failure, name):
            sys.stderr.write(f"{name + ':':7}{text}\n")


def rfc3339(milliseconds: int) -> str:
    """A time in milliseconds since 1970 as people and programs read it."""
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def with_times(value: Any) -> Any:
    """The same answer with every time of Tandem's own as RFC 3339."""
    if isinstance(value, Mapping):
        return {name: _entry(name, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [with_times(inner) for inner in value]
    return value


def _entry(name: str, value: Any) -> Any:
    if name in _RECORDS:
        return value
    if name in _TIMES and isinstance(value, int) and not isinstance(value, bool):
        return rfc3339(value)
    return with_times(value)
