"""The CRM's records in SQLite: the document as JSON text, beside it the columns lists are asked by."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from sandbox.control import open_store

from .document import Document
from .entity import Entity
from .stamps import millis

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    entity TEXT NOT NULL, id TEXT NOT NULL, external_id TEXT, natural TEXT, owner TEXT,
    deleted INTEGER NOT NULL, updated INTEGER NOT NULL, body BLOB NOT NULL, previous BLOB,
    PRIMARY KEY (entity, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS by_external_id ON records (entity, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_natural ON records (entity, natural) WHERE natural IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_owner ON records (entity, owner) WHERE owner IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_contact ON records (entity, json_extract(CAST(body AS TEXT), '$.ContactId'));
CREATE INDEX IF NOT EXISTS by_updated ON records (entity, updated, id);
CREATE INDEX IF NOT EXISTS by_updated_live ON records (entity, updated, id) WHERE deleted = 0;
CREATE TABLE IF NOT EXISTS numbers (entity TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL,
    headers BLOB NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS answers_by_age ON answers (at);
"""

# What a filter's column stands for: an expression of an index where the table, as older versions made it, has none.
COLUMNS = {"contact": "json_extract(CAST(body AS TEXT), '$.ContactId')"}

PUT = """
INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (entity, id) DO UPDATE SET external_id = excluded.external_id, natural = excluded.natural,
    owner = excluded.owner, deleted = excluded.deleted, updated = excluded.updated, body = excluded.body,
    previous = excluded.previous
"""


class Page(NamedTuple):
    """One page of a list, as JSON texts in order, and how many records the whole list has."""

    bodies: list[bytes]
    total: int


def open_records(data_dir: Path | None) -> sqlite3.Connection:
    """The CRM's database, with its tables."""
    db = open_store(data_dir, "crm")
    db.executescript(SCHEMA)
    return db


class Records:
    """The records of one entity."""

    def __init__(self, db: sqlite3.Connection, entity: Entity) -> None:
        self._db = db
        self._entity = entity

    def next_id(self) -> str:
        """A new Id. They rise, and none is given twice, also after a reset."""
        return f"{self._entity.prefix}{self._next(self._entity.path):08d}"

    def next_line_id(self, prefix: str) -> str:
        """A new LineId; none is given twice, in whatever record."""
        return f"{prefix}{self._next(f'{self._entity.path}/lines'):08d}"

    def get(self, record_id: str) -> bytes | None:
        """The record as JSON text."""
        body: bytes | None = self._one("SELECT body FROM records WHERE entity = ? AND id = ?", record_id)
        return body

    def previous(self, record_id: str) -> bytes | None:
        """The record as it was before its last edit."""
        body: bytes | None = self._one("SELECT previous FROM records WHERE entity = ? AND id = ?", record_id)
        return body

    def holder(self, external_id: str) -> str | None:
        """The Id of the record that has this ExternalId; deleted ones count."""
        found = self._one("SELECT id FROM records WHERE entity = ? AND external_id = ?", external_id)
        return None if found is None else str(found)

    def owner(self, record_id: str) -> str | None:
        """The Id of the record this one belongs to."""
        found = self._one("SELECT owner FROM records WHERE entity = ? AND id = ?", record_id)
        return None if found is None else str(found)

    def put(self, document: Document, previous: bytes | None) -> bytes:
        """Keeps a document; gives its JSON text."""
        body = orjson.dumps(document)
        entity = self._entity
        self._db.execute(
            PUT,
            (
                entity.path,
                document["Id"],
                document["ExternalId"],
                document.get(entity.natural or ""),
                document.get(entity.owner or ""),
                document["IsDeleted"],
                millis(document["UpdatedAt"]),
                body,
                previous,
            ),
        )
        return body

    def purge(self, record_id: str) -> None:
        """Forgets a record altogether."""
        self._db.execute("DELETE FROM records WHERE entity = ? AND id = ?", (self._entity.path, record_id))

    def page(
        self, columns: Mapping[str, str], *, since: int | None, deleted: bool, offset: int, limit: int
    ) -> Page:
        """One page by (UpdatedAt, Id). `columns` are exact conditions on columns of the table."""
        where, values = ["entity = ?"], list[Any]([self._entity.path])
        for column, value in columns.items():
            where.append(f"{COLUMNS.get(column, column)} = ?")
            values.append(value)
        if since is not None:
            where.append("updated >= ?")
            values.append(since)
        if not deleted:
            where.append("deleted = 0")
        condition = " AND ".join(where)
        total = self._db.execute(f"SELECT count(*) FROM records WHERE {condition}", values)  # noqa: S608 - fixed column names
        rows = self._db.execute(
            f"SELECT body FROM records WHERE {condition} ORDER BY updated, id LIMIT ? OFFSET ?",  # noqa: S608 - as above
            [*values, limit, offset],
        )
        return Page([body for (body,) in rows], int(total.fetchone()[0]))

    def _next(self, name: str) -> int:
        query = "INSERT INTO numbers VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last"
        return int(self._db.execute(query, (name,)).fetchone()[0])

    def _one(self, query: str, value: str) -> Any:
        row = self._db.execute(query, (self._entity.path, value)).fetchone()
        return None if row is None else row[0]
