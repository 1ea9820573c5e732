"""The items of the account: what can be done to them. They have no events; a delete is an archive."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.invoiced.account import Account
from sandbox.invoiced.call import Call
from sandbox.invoiced.database import Database
from sandbox.invoiced.errors import ConflictError, NotFoundError
from sandbox.invoiced.records import Document, Records
from sandbox.invoiced.versions import Versions, silent

from . import rules
from .fields import ARCHIVED, ITEM

LETTERS = string.ascii_lowercase + string.digits
GENERATED = 6


@dataclass(frozen=True, slots=True)
class Items:
    """Reads and writes items; each method runs in the caller's transaction."""

    database: Database
    records: Records
    versions: Versions
    switches: Mapping[str, bool]
    account: Account

    def get(self, id_: str) -> Document:
        """An item that is not archived, or NotFoundError."""
        item = self.records.get(ITEM.name, id_)
        if item is None:
            raise NotFoundError(f"No such item: {id_}")
        return item

    def create(self, call: Call) -> Document:
        """A new item; the id of an archived one is free."""
        item = rules.created(call.body, self._free_id(), self.account, self.switches)
        if self.records.get(ITEM.name, item["id"]) is not None:
            raise ConflictError(f"id {item['id']!r} is taken by another item", "id")
        if not self.switches["invoiced.item_created_at_restarts"]:
            item["created_at"] = self.records.first_created(ARCHIVED.name, item["id"])
        return self.versions.first(item, silent)

    def update(self, call: Call, id_: str) -> Document:
        """Changes an item by the request's fields."""
        before = self.get(id_)
        return self.versions.save(before, rules.changed(before, call.body, self.switches), silent)

    def delete(self, id_: str) -> None:
        """Archives an item: its id is free again, only `archived=1` shows it."""
        item = self.get(id_)
        self.records.delete(ITEM.name, id_)
        if self.switches["invoiced.item_delete_archives"]:
            key = f"{id_} {self.database.next_number(ARCHIVED.name)}"
            self.records.insert(ARCHIVED.name, item, key)

    def _free_id(self) -> str:
        while True:
            id_ = "".join(secrets.choice(LETTERS) for _ in range(GENERATED))
            if self.records.get(ITEM.name, id_) is None:
                return id_
