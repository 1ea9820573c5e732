"""What a write makes of an item; pure."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.invoiced.account import Account
from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.records import Document
from sandbox.invoiced.writing import given, starting_values, written

from .fields import FIELDS, UNDOCUMENTED

ID = re.compile(r"[A-Za-z0-9_:-]{2,}")


def created(
    body: Mapping[str, Any], generated: str, account: Account, switches: Mapping[str, bool]
) -> Document:
    """A new item; `generated` is its id where the body names none."""
    start = starting_values(FIELDS)
    start["currency"] = account.currency if switches["invoiced.currency_default"] else None
    if not body.get("name"):
        raise InvalidError("name can not be blank", "name")
    item = written(FIELDS, start, given(body), switches)
    if item["id"] is None and not switches["invoiced.item_id_generated"]:
        raise InvalidError("id can not be blank", "id")
    item["id"] = generated if item["id"] is None else _checked_id(item["id"], switches)
    return item


def changed(before: Document, body: Mapping[str, Any], switches: Mapping[str, bool]) -> Document:
    """An item after a write: what a create alone may set is refused, or ignored."""
    fixed = {field.name for field in FIELDS if field.access == "create"}
    if not switches["invoiced.item_accounting_writable"]:
        fixed.update(UNDOCUMENTED)
    for name in body:
        if name in fixed and switches["invoiced.create_only_refused"]:
            raise InvalidError(
                f"{name} of an item cannot be changed; delete it and create it again with the same id", name
            )
    return written(FIELDS, before, {name: each for name, each in body.items() if name not in fixed}, switches)


def _checked_id(id_: str, switches: Mapping[str, bool]) -> str:
    if switches["invoiced.item_id_checked"] and ID.fullmatch(id_) is None:
        raise InvalidError(f"id {id_!r} must have 2 characters or more, each a letter, digit, _ : or -", "id")
    return id_
