"""The records of all entities, kept as the JSON text the API shows, so a list is put together without parsing."""

from collections.abc import Iterable, Mapping
from typing import Any

from .database import Database
from .exact_json import dumps, loads
from .metadata import as_text

Document = dict[str, Any]
Id = int | str


class Records:
    """Reads and writes documents by entity and id; keeps the metadata findable."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, entity: str, id_: Id) -> Document | None:
        """One document, or None."""
        row = self._db.execute(
            "SELECT document FROM records WHERE entity = ? AND id = ?", (entity, id_)
        ).fetchone()
        return None if row is None else loads(row[0])

    def insert(self, entity: str, document: Document) -> None:
        """A new document."""
        id_ = document["id"]
        row = (entity, id_, document["created_at"], document["updated_at"], dumps(document))
        self._db.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, NULL)", row)
        self._index_metadata(entity, id_, document.get("metadata", {}))

    def replace(self, entity: str, before: Document, after: Document) -> None:
        """The next version of a document."""
        id_ = after["id"]
        self._db.execute(
            "UPDATE records SET updated_at = ?, previous = document, document = ? WHERE entity = ? AND id = ?",
            (after["updated_at"], dumps(after), entity, id_),
        )
        if before.get("metadata") != after.get("metadata"):
            self._db.execute("DELETE FROM metadata WHERE entity = ? AND id = ?", (entity, id_))
            self._index_metadata(entity, id_, after.get("metadata", {}))

    def delete(self, entity: str, id_: Id) -> None:
        """Removes a document."""
        self._db.execute("DELETE FROM records WHERE entity = ? AND id = ?", (entity, id_))
        self._db.execute("DELETE FROM metadata WHERE entity = ? AND id = ?", (entity, id_))

    def previous(self, shown: Mapping[str, Any]) -> Document | None:
        """The version before the present one of a record as it was shown; for a reader that lags behind."""
        row = self._db.execute(
            "SELECT previous FROM records WHERE entity = ? AND id = ?", (shown.get("object"), shown.get("id"))
        ).fetchone()
        return None if row is None or row[0] is None else loads(row[0])

    def holder_of_number(self, entity: str, number: str) -> Id | None:
        """The id of a record with this number."""
        row = self._db.execute(
            "SELECT id FROM records WHERE entity = ? AND json_extract(document, '$.number') = ?",
            (entity, number),
        ).fetchone()
        return None if row is None else row[0]

    def children(self, entity: str, parent: Id) -> list[Document]:
        """The documents whose parent_customer this is."""
        rows = self._db.execute(
            "SELECT document FROM records WHERE entity = ? AND json_extract(document, '$.parent_customer') = ?",
            (entity, parent),
        )
        return [loads(text) for (text,) in rows]

    def _index_metadata(self, entity: str, id_: Id, metadata: dict[str, Any]) -> None:
        rows: Iterable[tuple[Any, ...]] = [
            (entity, key, as_text(value), id_) for key, value in metadata.items()
        ]
        if metadata:
            self._db.executemany("INSERT INTO metadata VALUES (?, ?, ?, ?)", rows)
