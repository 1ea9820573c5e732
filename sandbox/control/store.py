"""Where the layer keeps what must survive a restart: one SQLite file, or memory."""

import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, status INTEGER, fault TEXT, applied INTEGER NOT NULL, idempotency_key TEXT,
    body TEXT, writes INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS counters (
    actor TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (actor, kind)
);
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, fault TEXT NOT NULL, hits INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def open_store(data_dir: Path | None, name: str = "control") -> sqlite3.Connection:
    """An open database in `data_dir`, or in memory without one; autocommit, write-ahead log."""
    if data_dir is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
    place = ":memory:" if data_dir is None else str(data_dir / f"{name}.db")
    db = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    return db


def open_control(data_dir: Path | None) -> sqlite3.Connection:
    """The layer's own database, with its tables."""
    db = open_store(data_dir)
    db.executescript(SCHEMA)
    return db


def read_setting(db: sqlite3.Connection, name: str) -> str | None:
    """A stored setting's JSON text."""
    row = db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def write_setting(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keeps a setting's JSON text."""
    db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
