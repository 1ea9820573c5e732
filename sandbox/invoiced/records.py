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

    def insert(self, entity: str, document: Document, key: Id | None = None) -> None:
        """A new document, kept under its id unless a key is given."""
        id_ = document["id"] if key is None else key
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
        if row is None or row[0] is None:
            return None
        # what the present answer leaves out was no part of an older one either
        return {name: value for name, value in loads(row[0]).items() if name in shown}

    def first_created(self, entity: str, id_: Id) -> int | None:
        """When the oldest document that shows this id was made, whatever it is kept under."""
        row = self._db.execute(
            "SELECT min(created_at) FROM records WHERE entity = ? AND json_extract(document, '$.id') = ?",
            (entity, id_),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def holder_of_number(self, entity: str, number: str) -> Id | None:
        """The id of a record with this number."""
        row = self._db.execute(
            "SELECT id FROM records WHERE entity = ? AND json_extract(document, '$.number') = ?",
            (entity, number),
        ).fetchone()
        return None if row is None else row[0]

    def children(self, entity: str, parent: Id, field: str = "parent_customer") -> list[Document]:
        """The documents whose parent this is, by the field that names it."""
        rows = self._db.execute(
            f"SELECT document FROM records WHERE entity = ? AND json_extract(document, '$.{field}') = ?"  # noqa: S608 - a field's name
            " ORDER BY id",
            (entity, parent),
        )
        return [loads(text) for (text,) in rows]

    def _index_metadata(self, entity: str, id_: Id, metadata: dict[str, Any]) -> None:
        rows: Iterable[tuple[Any, ...]] = [
            (entity, key, as_text(value), id_) for key, value in metadata.items()
        ]
        if metadata:
            self._db.executemany("INSERT INTO metadata VALUES (?, ?, ?, ?)", rows)
