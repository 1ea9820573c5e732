"""Look-ups that come back with their rows: into an empty state, and on top of what is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rocksdict import Options

from streams.lookups import Lookups
from streams.rows import Rows, Stamp

STAMP = Stamp("log", 0, "1", 0.0)


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    found = Rows(tmp_path / "rows", options)
    yield found
    found.close()


def by_value(key: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
    """A row of value `-` brings no look-up."""
    return [] if value == b"-" else [(b"t|x:" + value + key, b"")]


def put(rows: Rows, lookups: Lookups, key: bytes, value: bytes | None) -> None:
    rows.write([*lookups.changes(key, value), (key, value)], STAMP)


def standing(rows: Rows) -> list[bytes]:
    return [key for key, _ in rows.items(b"t|x:") if key.startswith(b"t|x:")]


@pytest.mark.parametrize("story", [b"ab", b"a-b", b"-ab", b"-a-", b"ab-a"])
def test_the_last_value_counts(rows: Rows, story: bytes) -> None:
    """A row that comes several times leaves the look-ups of its last value, and none of the earlier ones."""
    lookups = Lookups(rows, by_value, empty=True)
    for value in story:
        put(rows, lookups, b"k", bytes([value]))
    assert standing(rows) == [key for key, _ in by_value(b"k", story[-1:])]


def test_a_delete_takes_them_along(rows: Rows) -> None:
    """A row that is deleted leaves nothing, and others are not touched."""
    lookups = Lookups(rows, by_value, empty=True)
    put(rows, lookups, b"k", b"a")
    put(rows, lookups, b"l", b"b")
    put(rows, lookups, b"k", None)
    assert standing(rows) == [b"t|x:bl"]


def test_on_top_of_rows_that_are_there(rows: Rows) -> None:
    """Rows of an earlier restore brought look-ups that nobody has marked: they are asked for."""
    put(rows, Lookups(rows, by_value, empty=True), b"k", b"a")
    put(rows, Lookups(rows, by_value, empty=False), b"k", b"b")
    assert standing(rows) == [b"t|x:bk"]


def test_loading_leaves_the_rows_readable(rows: Rows) -> None:
    """Rows that were loaded stand there during and after, and later writes go over them."""
    with rows.loading():
        rows.write([(b"t|%d" % number, b"old") for number in range(1_000)], STAMP, log=False)
        assert rows.get(b"t|7") == b"old"
    rows.write([(b"t|7", b"new")], STAMP)
    assert rows.get(b"t|7") == b"new"
    assert sum(1 for _ in rows.items(b"t|", b"t}")) == 1_000
