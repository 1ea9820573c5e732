"""Writes what a command answers: one JSON object for programs, tables for people."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import Any

import simplejson
from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ops.errors import Failure

# Inside these stand records as their systems show them; their times are theirs and stay as they are.
_RECORDS = frozenset({"invoiced_base", "crm_base", "invoiced_seen", "crm_seen", "base", "image", "values"})
_TIMES = frozenset(
    {"at", "first_at", "last_poll_at", "last_scan_at", "retry_at", "observed_at", "decided_at", "since"}
)

# Where a column's name alone would mislead; JSON keeps the name.
_HEADS = {"conflicts": "conflicts so far"}


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
        _show_tables(with_times(reply.data if reply.shown is None else reply.shown), reply.columns)
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


def _width() -> int:
    """The terminal's width, `COLUMNS` before it; what goes to a file or a pipe has room for every column."""
    return get_terminal_size(fallback=(240, 24)).columns


def _show_tables(data: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> None:
    console = Console(width=_width(), highlight=False, soft_wrap=False)
    for name, value in data.items():
        if not _is_table(value):
            console.print(f"[bold]{name}[/bold]: ", end="")
            console.print(_text(value), markup=False)
    for name, value in data.items():
        if _is_table(value):
            console.print(_table(name, value, columns.get(name)))


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _table(title: str, rows: list[Mapping[str, Any]], columns: Sequence[str] | None) -> Table:
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in names:
        table.add_column(_HEADS.get(name, name), overflow="fold")
    for row in rows:
        # As text, for a record's own words may look like rich's markup.
        table.add_row(*(Text(_text(row.get(name))) for name in names))
    return table


def _text(value: Any) -> str:
    match value:
        case None | []:
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case _:
            return simplejson.dumps(value, use_decimal=True, ensure_ascii=False)
