"""The lines of an invoice: a written list is the new full set; pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.moment import Moment
from sandbox.invoiced.records import Document

from . import rules

FindItem = Callable[[Any], Document | None]


def lines_after(
    before: Sequence[Document], written: Any, find_item: FindItem, moment: Moment
) -> list[Document]:
    """The lines after a write: those with an id are changed, those without are new, the others are gone."""
    present = {str(line["id"]): line for line in before}
    lines: list[Document] = []
    for entry in _entries(written):
        id_ = entry.get("id")
        line = None if id_ is None or id_ == "" else _named(present, id_, moment)
        lines.append(_new(entry, find_item, moment) if line is None else _changed(line, entry, moment))
    if moment.switches["invoiced.items_in_array_order"]:
        return lines
    return sorted(lines, key=lambda line: int(line["id"]))


def _entries(written: Any) -> list[Mapping[str, Any]]:
    if written is None or written == "":
        return []
    entries = list(written.values()) if isinstance(written, dict) else written  # a form numbers them
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidError("items must be a list of line items", "items")
    return entries


def _named(present: dict[str, Document], id_: Any, moment: Moment) -> Document | None:
    line = present.pop(str(id_), None)
    if line is None and moment.switches["invoiced.unknown_line_refused"]:
        raise InvalidError(
            f"items: {str(id_)[:60]!r} is not a line of this invoice, or stands twice", "items"
        )
    return line


def _new(entry: Mapping[str, Any], find_item: FindItem, moment: Moment) -> Document:
    line = rules.created(entry, find_item(entry.get("catalog_item")), moment)
    return {**line, "created_at": moment.now, "updated_at": moment.now}


def _changed(before: Document, entry: Mapping[str, Any], moment: Moment) -> Document:
    after = rules.changed(before, entry, moment)
    return after if after == before else {**after, "updated_at": moment.now}
