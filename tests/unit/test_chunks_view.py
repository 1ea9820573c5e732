"""A view reads like a plain sorted dictionary, however its rows are spread over layers."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rocksdict import Options

from streams.guard import ForeignKeyError
from streams.rows import Rows, Stamp
from streams.view import Overlay, PartitionView

KEYS = st.sampled_from([b"t|a", b"t|a|1", b"t|a|2", b"t|ab", b"t|b|\xff", b"t|x:i|1"])
CHANGES = st.dictionaries(KEYS, st.one_of(st.none(), st.binary(max_size=3)))


def rows_in(folder: Path) -> Rows:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    return Rows(folder / "rows", options)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, CHANGES, CHANGES, KEYS, st.one_of(st.none(), KEYS), st.integers(1, 4))
def test_like_a_sorted_dictionary(
    tmp_path: Path,
    stored: dict[bytes, bytes | None],
    sealed: dict[bytes, bytes | None],
    present: dict[bytes, bytes | None],
    prefix: bytes,
    after: bytes | None,
    limit: int,
) -> None:
    """`get` and `scan` over stored, sealed and present changes equal the same on one dictionary."""
    rows = rows_in(tmp_path)
    rows.wipe()
    rows.write(stored.items(), Stamp("id", 0, "1", 0.0))
    overlays = [Overlay(), Overlay()]
    overlays[0].put(sealed)
    overlays[1].put(present)
    view = PartitionView(rows, (b"t|",), 0, overlays)
    model = {k: v for k, v in {**stored, **sealed, **present}.items() if v is not None}
    wanted = [
        row
        for row in sorted(model.items())
        if row[0].startswith(prefix) and (after is None or row[0] > after)
    ]
    found = view.scan(prefix, after, limit), view.get(prefix)
    rows.close()

    assert found == (wanted[:limit], model.get(prefix))


def test_foreign_key(tmp_path: Path) -> None:
    """Another tenant's rows, and the host's own, are out of reach."""
    rows = rows_in(tmp_path)
    view = PartitionView(rows, (b"t|",), 3, [])

    for key in (b"other|link|1", b"\x00checkpoint", b"t", b""):
        with pytest.raises(ForeignKeyError, match="not of a tenant of partition 3"):
            view.get(key)
        with pytest.raises(ForeignKeyError):
            view.scan(key, None, 1)
    rows.close()
