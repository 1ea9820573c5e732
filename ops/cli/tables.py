"""Answers as people read them: lines of `name: value`, then tables that fit the terminal."""

from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import Any

import simplejson
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]
# Where a column's name alone would mislead; JSON keeps the name.
_HEADS = {"conflicts": "conflicts so far"}
_GAP = 2


def show_tables(data: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> None:
    """Writes the answer to stdout; `columns` names, by list, the columns to show."""
    console = Console(width=_width(), highlight=False, soft_wrap=False)
    for name, value in data.items():
        if not (_is_table(value) or (name == "next" and value is None)):  # `next` is told where there is more
            console.print(f"[bold]{name}[/bold]: ", end="")
            console.print(text_of(value), markup=False)
    for name, value in data.items():
        if _is_table(value):
            console.print(_table(name, value, columns.get(name), console.width))


def _width() -> int:
    """The terminal's width, `COLUMNS` before it; what goes to a file or a pipe has room for every column."""
    return get_terminal_size(fallback=(240, 24)).columns


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _table(title: str, rows: Sequence[Row], columns: Sequence[str] | None, width: int) -> Table:
    wanted = columns or list(dict.fromkeys(name for row in rows for name in row))
    names = fitting(rows, wanted, width)
    if left := [name for name in wanted if name not in names]:
        title = f"{title} (nothing in {', '.join(left)})"
    gap = _GAP if _wide(rows, names) <= width else 1
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for name in names:
        table.add_column(_HEADS.get(name, name), overflow="fold")
    for row in rows:
        # As text, for a record's own words may look like rich's markup.
        table.add_row(*(Text(text_of(row.get(name))) for name in names))
    return table


def fitting(rows: Sequence[Row], columns: Sequence[str], width: int) -> list[str]:
    """The columns, without those in which no row has anything where there is not room for all: the last go first."""
    names = list(columns)
    for name in reversed(columns):
        if _wide(rows, names) <= width:
            break
        if not any(row.get(name) for row in rows):
            names.remove(name)
    return names


def _wide(rows: Sequence[Row], names: Sequence[str]) -> int:
    """How wide a table is that folds nothing."""
    cells = (
        max(len(_HEADS.get(name, name)), *(len(text_of(row.get(name))) for row in rows)) for name in names
    )
    return sum(cells) + _GAP * (len(names) - 1)


def text_of(value: Any) -> str:
    """A value in a cell."""
    match value:
        case None | []:
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case _:
            return simplejson.dumps(value, use_decimal=True, ensure_ascii=False)
