"""What the codec refuses, and how it names it."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.codec import Codec
from schemas.framing import HEAD_BYTES, Malformed, UnknownSchema, frame, schema_id_of
from schemas.records import Link
from schemas.registry import Registry
from schemas.topics import Topics
from tests.fakes.examples import EVENT, EXAMPLES, INVOICED
from tests.fakes.registry import RegistryFake

LINK = Link(link_id="l", flow="customer", flow_version=1, state="linked", at=1)


@pytest.fixture(scope="module")
def codec() -> Codec:
    """A codec of this module."""
    return Codec(Registry("http://registry.example", transport=RegistryFake()), Topics())


def test_an_unknown_schema_says_which(codec: Codec) -> None:
    """A schema that is not cached is named, for the caller to load; nothing is asked meanwhile."""
    with pytest.raises(UnknownSchema, match="schema 999") as caught:
        codec.decode(frame(999) + b"x")

    assert caught.value.schema_id == 999


def test_an_unknown_schema_of_the_nested_change_says_which(codec: Codec) -> None:
    """The same for the change inside an entry of the log."""
    with pytest.raises(UnknownSchema, match="schema 998"):
        codec.decode_event(codec.encode_event("e", frame(998) + b"x"), 1, 2, "t")


@pytest.mark.parametrize("data", [b"", b"{}", b"\x00\x00\x00", b"\x01\x00\x00\x00\x01x"])
def test_foreign_bytes_are_named_as_such(codec: Codec, data: bytes) -> None:
    """What is not in the wire format is refused with its first bytes."""
    with pytest.raises(Malformed, match="not in Confluent's wire format"):
        codec.decode(data)


@pytest.mark.parametrize("topic", sorted(set(EXAMPLES) - {"sync.in"}))
def test_damaged_bytes_are_named_as_such(codec: Codec, topic: str) -> None:
    """A value cut short anywhere is refused, and so is one with something after its end."""
    data = codec.encode(topic, EXAMPLES[topic])

    for damaged in [*(data[:end] for end in range(HEAD_BYTES, len(data))), data + b"x"]:
        with pytest.raises(Malformed, match="damaged"):
            codec.decode(damaged)


def test_a_damaged_property_is_named_as_such(codec: Codec) -> None:
    """So is an image whose free-form texts are no JSON."""
    data = codec.encode("invoiced.customer", INVOICED)

    with pytest.raises(Malformed, match=r"tandem\.invoiced\.CustomerChange is damaged"):
        codec.decode(data.replace(b'"4242"', b"'4242'"))


def test_an_entry_is_no_record_and_a_record_no_entry(codec: Codec) -> None:
    """Entries need their place in the log, so the two ways in are not interchangeable."""
    with pytest.raises(Malformed, match="decode_event"):
        codec.decode(codec.encode("sync.in", EVENT))
    with pytest.raises(Malformed, match="no entry of the log"):
        codec.decode_event(codec.encode("links", EXAMPLES["links"]), 1, 2, "t")


def test_an_unknown_topic_is_refused(codec: Codec) -> None:
    """A topic outside the table, or one without values, is no place to write to."""
    for topic in ("invoiced.unicorn", "leases"):
        with pytest.raises(KeyError, match="no topic with a schema"):
            codec.encode(topic, INVOICED)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"link_id": None}, "no value and no default for link_id"),
        ({"flow_version": "1"}, "Link.flow_version: '1' is no int"),
        ({"flow_version": Decimal("1.5")}, r"Link.flow_version: Decimal\('1.5'\) is no int"),
        ({"flow_version": True}, "Link.flow_version: True is no int"),
        ({"at": 2**63}, "Link.at: 9223372036854775808 is no int of at most 64 bits"),
        ({"at": -(2**63) - 1}, "Link.at: -9223372036854775809 is no int of at most 64 bits"),
        ({"former": (7,)}, "must be string on field former"),
        ({"hold": 7}, "7 .* on field hold"),
    ],
)
def test_an_unwritable_value_is_named_by_its_field(
    codec: Codec, changes: dict[str, Any], message: str
) -> None:
    """A value its field cannot hold is our own mistake, and is named; it is never cut to fit."""
    with pytest.raises((TypeError, ValueError), match=message):
        codec.encode("links", replace(LINK, **changes))


@pytest.mark.parametrize("changes", [{"version": Decimal("1.5")}, {"observed_at": Decimal(1)}])
def test_a_change_with_an_unwritable_number_is_refused(codec: Codec, changes: dict[str, Any]) -> None:
    """The same for the numbers of a change."""
    with pytest.raises(TypeError, match=f"Change.{next(iter(changes))}"):
        codec.encode("invoiced.customer", replace(INVOICED, **changes))


def test_the_frame_is_confluents() -> None:
    """A zero byte, then the id in four bytes, most significant first."""
    assert frame(0x01020304) == b"\x00\x01\x02\x03\x04"
    assert schema_id_of(b"\x00\x01\x02\x03\x04rest") == 0x01020304
