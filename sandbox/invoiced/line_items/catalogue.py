"""The catalogue as a line sees it: an item that is there, or a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.invoiced.errors import InvalidError
from sandbox.invoiced.records import Document, Records

ITEM = "item"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Finds what a new line sells."""

    records: Records

    def find(self, id_: Any) -> Document | None:
        """The item of this id; None for a line that sells none; InvalidError for one unknown or archived."""
        if id_ is None or id_ == "":
            return None
        item = None if isinstance(id_, Mapping | list) else self.records.get(ITEM, str(id_))
        if item is None:
            raise InvalidError(f"catalog_item {str(id_)[:60]!r} does not exist", "catalog_item")
        return item
