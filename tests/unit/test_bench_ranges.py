"""Ranges of rows end where they should, so that no cursor walks over what was deleted behind them."""

from pathlib import Path

import pytest
from rocksdict import Options

from streams.rows import Rows, Stamp
from streams.view import end_of


def test_items_stop_below_the_end(tmp_path: Path) -> None:
    """A range gives the rows from its start up to, not including, its end."""
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    rows = Rows(tmp_path / "rows", options)
    rows.write([(key, b"") for key in (b"t|a", b"t|b|1", b"t|b|2", b"t|c")], Stamp("id", 0, "1", 0.0))

    found = [key for key, _ in rows.items(b"t|b|", b"t|b}")]
    rows.close()

    assert found == [b"t|b|1", b"t|b|2"]


@pytest.mark.parametrize(
    ("prefix", "end"), [(b"t|b|", b"t|b}"), (b"t|\xff", b"t}"), (b"t|a\xff\xff", b"t|b"), (b"t", b"u")]
)
def test_the_end_of_a_prefix(prefix: bytes, end: bytes) -> None:
    """The first key behind all that begin with the prefix, also where its last byte is the highest."""
    assert end_of(prefix) == end
    assert prefix + b"\xff\xff" < end
