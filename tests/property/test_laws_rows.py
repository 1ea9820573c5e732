"""Laws of the state: rows come back as they were written, older ones too, and indexes say what the rows say."""

import re
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import fields

from schemas.records import Link
from streams.domain.bare import reader
from streams.domain.rows import (
    FORMAT,
    Flight,
    FormatError,
    LinkRow,
    RefRow,
    Side,
    Stuck,
    decode_link,
    decode_ref,
    encode,
)
from streams.domain.tenant_row import Tenant, decode_tenant
from streams.domain.views import from_public
from streams.domain.views import link as views_of
from tests.property import promises
from tests.property.apis import Rejected
from tests.property.lives import SCENES
from tests.property.tellers import Teller
from tests.property.test_stories import wild
from tests.property.world import CONFIG

# How many fields each row had when it was first written. A field is only ever added behind them, with a default.
FIRST: dict[Any, int] = {RefRow: 13, LinkRow: 13, Side: 23, Tenant: 12, Flight: 12, Stuck: 6}
READ = {b"ref": decode_ref, b"link": decode_link}


@cache
def _rows() -> dict[bytes, bytes]:
    """Rows of links in every state, as they stand in the table."""
    found: dict[bytes, bytes] = {}
    for number, scene in enumerate(SCENES):
        for key, value in scene().rows.data.items():
            if key.split(b"|")[1] in READ or key.endswith(b"control|tenant"):
                found[b"%d|%s" % (number, key)] = value
    return found


def _decoded(key: bytes, value: bytes) -> Any:
    return READ.get(key.split(b"|")[2], decode_tenant)(value)


def test_a_row_comes_back_as_it_was_written() -> None:
    """Reading and writing a row gives the same bytes, behind the byte of its format."""
    kinds = set()
    for key, value in _rows().items():
        row = _decoded(key, value)
        kinds.add(type(row))
        assert value[:1] == FORMAT
        assert encode(row) == value
    assert kinds == {RefRow, LinkRow, Tenant}


def test_a_row_of_an_older_version_is_moved_up() -> None:
    """What was written before a field was added is read with that field's default, and the rest as it was."""
    for key, value in _rows().items():
        row = _decoded(key, value)
        count = FIRST[type(row)]
        older = FORMAT + msgspec.msgpack.encode(msgspec.msgpack.decode(value[1:])[:count])

        read = _decoded(key, older)

        for place, field in enumerate(fields(type(row))):
            wanted = getattr(row, field.name) if place < count else _default(field)
            assert getattr(read, field.name) == wanted, f"{type(row).__name__}.{field.name}"


def _default(field: Any) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def test_a_row_of_a_newer_format_is_refused_by_name() -> None:
    """Misread it would be written back as something else: the error names the key and what to run."""
    bare = reader(CONFIG)
    for key, value in _rows().items():
        name, newer = key.split(b"|", 1)[1], b"\x02" + value[1:]
        with pytest.raises(FormatError, match="run that one again"):
            _decoded(key, newer)
        if not name.endswith(b"control|tenant"):
            with pytest.raises(FormatError, match=re.escape(name.decode())):
                bare(name, newer)


@pytest.mark.parametrize("row", list(FIRST), ids=lambda row: row.__name__)
def test_every_later_field_has_a_default(row: type[Struct]) -> None:
    """Fields behind the first ones may be absent from a row on disk."""
    later = fields(row)[FIRST[row] :]

    assert all(not field.required for field in later)
    assert len(fields(row)) >= FIRST[row]


def test_a_published_row_is_the_row() -> None:
    """What `links` carries is all of it: a restore gives the row back, field by field."""
    links = [row for key, value in _rows().items() if isinstance(row := _decoded(key, value), LinkRow)]
    for row in links:
        (public,) = [one.record for one in views_of(None, row, 0) if isinstance(one.record, Link)]
        assert encode(from_public(public.row)) == encode(row)
    assert len(links) > len(SCENES) / 2


@given(wild, st.integers(1, 4))
def test_indexes_say_what_the_rows_say(story: list[Any], work: int) -> None:
    """At every moment of a story, what the folds wrote is what a rebuild would derive from the rows alone."""
    teller = Teller()
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.config = msgspec.structs.replace(teller.world.config, work=work)
    teller.world.turn()
    for number, move in enumerate(story):
        try:
            teller.tell([move])
        except Rejected:
            continue
        if number % 5 == 0:
            teller.world.fold()
            promises.derived(teller.world)
    promises.derived(teller.world)
