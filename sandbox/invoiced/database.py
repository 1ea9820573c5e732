"""The simulator's SQLite file: its tables and its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.control.store import open_store

SCHEMA = """
CREATE TABLE IF NOT EXISTS sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    entity TEXT NOT NULL, id NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    document TEXT NOT NULL, previous TEXT, UNIQUE (entity, id)
);
CREATE INDEX IF NOT EXISTS records_updated ON records (entity, updated_at, id);
CREATE INDEX IF NOT EXISTS records_number ON records (entity, json_extract(document, '$.number'), id);
CREATE INDEX IF NOT EXISTS records_name ON records (entity, json_extract(document, '$.name'), id);
CREATE INDEX IF NOT EXISTS records_email ON records (entity, json_extract(document, '$.email'), id);
CREATE INDEX IF NOT EXISTS records_parent ON records (entity, json_extract(document, '$.parent_customer'), id)
    WHERE json_extract(document, '$.parent_customer') IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_customer ON records (entity, json_extract(document, '$.customer'), id)
    WHERE json_extract(document, '$.customer') IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_due ON records (
    json_extract(document, '$.status'), json_extract(document, '$.due_date')
) WHERE entity = 'invoice';
CREATE INDEX IF NOT EXISTS records_date ON records (json_extract(document, '$.date'), id) WHERE entity = 'invoice';
CREATE TABLE IF NOT EXISTS metadata (
    entity TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, id NOT NULL,
    PRIMARY KEY (entity, id, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS metadata_value ON metadata (entity, key, value);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id INTEGER NOT NULL, type TEXT NOT NULL, object TEXT NOT NULL,
    object_id NOT NULL, at INTEGER NOT NULL, visible_ms INTEGER NOT NULL, origin TEXT NOT NULL,
    document TEXT NOT NULL, previous TEXT
);
CREATE INDEX IF NOT EXISTS events_order ON events (at, id, visible_ms);
CREATE INDEX IF NOT EXISTS events_id ON events (id);
CREATE INDEX IF NOT EXISTS events_type ON events (type, at, id, visible_ms);
CREATE INDEX IF NOT EXISTS events_object ON events (object, object_id, at, id, visible_ms);
CREATE TABLE IF NOT EXISTS answers (
    api_key TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, request TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (api_key, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, seq INTEGER NOT NULL,
    attempts INTEGER NOT NULL, due_ms INTEGER NOT NULL
);
"""
DATA = ("records", "metadata", "events", "answers", "deliveries")


class Database:
    """One connection, used by one event loop: what runs between two awaits runs alone."""

    def __init__(self, data_dir: Path | None) -> None:
        self._db = open_store(data_dir, "invoiced")
        self._db.executescript(SCHEMA)
        self.execute = self._db.execute
        self.executemany = self._db.executemany

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, also through a kill."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def next_number(self, name: str) -> int:
        """The next of a sequence; a number is never given twice, also after a delete or a reset."""
        row = self._db.execute(
            "INSERT INTO sequences VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last",
            (name,),
        ).fetchone()
        return int(row[0])

    def clear(self) -> None:
        """Forgets all data, keeps the sequences: an id of before is never another record's."""
        with self.transaction():
            for table in DATA:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand above

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()
