"""Our reader and writer of Avro's binary form, with fastavro as the judge."""

import json
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from schemas.avro_reader import read_long, reader_of
from schemas.avro_writer import Unwritable, write_long, writer_of
from schemas.binding import bind
from schemas.catalogue import plain, schema_text
from schemas.framing import frame, schema_id_of
from schemas.records import Applied, Command, Link, Unlinked
from schemas.shown import read_decimal, write_decimal
from tests.unit.schemas_values import INT64, NUMBERS, PATIENT, records_of

RECORDS: dict[str, type[Struct]] = {
    "tandem.sync.Command": Command,
    "tandem.sync.Applied": Applied,
    "tandem.Link": Link,
    "tandem.Unlinked": Unlinked,
}
PARSED = {name: parse_schema(plain(json.loads(schema_text(name)))) for name in RECORDS}
ANY = {
    "type": "record",
    "name": "Any",
    "fields": [
        {"name": "union", "type": ["string", "null", "long"]},
        {"name": "texts", "type": {"type": "array", "items": ["null", "string"]}},
        {"name": "nested", "type": {"type": "map", "values": {"type": "array", "items": "long"}}},
        {"name": "flag", "type": "boolean"},
        {"name": "raw", "type": "bytes"},
    ],
}


@pytest.mark.parametrize("name", sorted(RECORDS))
@given(data=st.data())
@PATIENT
def test_fastavro_reads_what_we_write_and_we_read_what_it_writes(name: str, data: st.DataObject) -> None:
    """Whatever a record holds, both make the same bytes and the same values of it."""
    row = bind(RECORDS[name]).pack(data.draw(records_of(RECORDS[name])))
    ours, theirs = bytearray(), BytesIO()

    writer_of(PARSED[name], {})(ours, row)
    schemaless_writer(theirs, PARSED[name], row)

    assert bytes(ours) == theirs.getvalue()
    read, end = reader_of(PARSED[name], {})(bytes(ours), 0)
    assert (read, end) == (schemaless_reader(BytesIO(ours), PARSED[name], None), len(ours))


@given(
    st.fixed_dictionaries(
        {
            "union": st.text() | st.none() | INT64,
            "texts": st.lists(st.none() | st.text()),
            "nested": st.dictionaries(st.text(), st.lists(INT64)),
            "flag": st.booleans(),
            "raw": st.binary(),
        }
    )
)
@PATIENT
def test_other_writers_types_are_read(row: dict[str, Any]) -> None:
    """Unions in any order, lists and maps in one another: what other versions may have."""
    out = BytesIO()
    schemaless_writer(out, parse_schema(ANY), row)

    assert reader_of(parse_schema(ANY), {})(out.getvalue(), 0) == (row, len(out.getvalue()))


def test_blocks_with_their_size_are_read() -> None:
    """A writer may put a block's size before it, as a negative count says."""
    read = reader_of({"type": "array", "items": "long"}, {})

    assert read(b"\x03\x04\x02\x04\x00", 0) == ([1, 2], 5)


@given(INT64)
@PATIENT
def test_numbers_of_64_bits_come_back(number: int) -> None:
    """Every number of 64 bits is read back."""
    out = bytearray()
    write_long(out, number)

    assert read_long(bytes(out), 0) == (number, len(out))


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_of_more_bits_is_refused(number: int) -> None:
    """What others could not read is never written."""
    with pytest.raises(ValueError, match="64 bits"):
        write_long(bytearray(), number)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"link_id": None}, "tandem.Link.link_id: None is no string"),
        ({"flow_version": "1"}, "tandem.Link.flow_version: '1' is no long"),
        ({"former": [7]}, "tandem.Link.former: 7 is no string"),
        ({"hold": 7}, "tandem.Link.hold: 7 is no string"),
    ],
)
def test_an_unwritable_value_is_named_by_its_field(changes: dict[str, Any], message: str) -> None:
    """A value its field cannot hold is our own mistake, and is named."""
    row = bind(Link).pack(Link(link_id="l", flow="customer", flow_version=1, state="linked", at=1))

    with pytest.raises(Unwritable) as caught:
        writer_of(PARSED["tandem.Link"], {})(bytearray(), row | changes)

    assert str(caught.value) == message


def test_a_missing_field_is_named() -> None:
    """A field without a default that nobody gave is named too."""
    with pytest.raises(Unwritable, match=r"tandem\.Link\.link_id: is missing"):
        writer_of(PARSED["tandem.Link"], {})(bytearray(), {})


@given(NUMBERS)
@PATIENT
def test_a_decimal_is_exact_or_refused(number: Decimal | int) -> None:
    """What fits ten places and 38 digits is given back; anything else is refused, never rounded."""
    exact = Fraction(number)
    held = write_decimal(number)

    assert (held is not None) == (abs(exact) < 10**28 and (exact * 10**10).denominator == 1)
    assert held is None or read_decimal(held) == number


@pytest.mark.parametrize(
    ("text", "shown"),
    [("12.50", "12.5"), ("1000", "1000"), ("0.0000000001", "1E-10"), ("-0.10", "-0.1"), ("0", "0")],
)
def test_a_decimal_is_shown_without_needless_zeros(text: str, shown: str) -> None:
    """The ten places of the wire do not show."""
    held = write_decimal(Decimal(text))

    assert held is not None
    assert str(read_decimal(held)) == shown


@pytest.mark.parametrize(
    "text", ["1E28", "1E+999999", "1E-999999", "0.00000000001", "NaN", "Infinity", "9" * 39]
)
def test_a_decimal_that_does_not_fit_is_refused_at_once(text: str) -> None:
    """Numbers of any size are refused without computing them."""
    assert write_decimal(Decimal(text)) is None


def test_the_frame_is_confluents() -> None:
    """A zero byte, then the id in four bytes, most significant first."""
    assert frame(0x01020304) == b"\x00\x01\x02\x03\x04"
    assert schema_id_of(b"\x00\x01\x02\x03\x04rest") == 0x01020304
