"""The codec: every message as bytes and back, by the schema of whoever wrote it."""

import copy
import json
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_writer
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, structs

from schemas.catalogue import schema_text
from schemas.codec import Codec
from schemas.framing import Malformed, frame
from schemas.records import Applied, Command, Link, Origin, Unlinked
from schemas.registry import Registry
from schemas.topics import Topics
from schemas.values import KINDS
from tests.fakes.examples import EXAMPLES, INVOICED
from tests.fakes.registry import RegistryFake
from tests.unit.schemas_values import PATIENT, records_of

_COUNT = count()


@pytest.fixture(scope="module")
def registry() -> Registry:
    """A registry of this module."""
    return Registry("http://registry.example", transport=RegistryFake())


@pytest.fixture(scope="module")
def codec(registry: Registry) -> Codec:
    """A codec of this module."""
    return Codec(registry, Topics())


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_text(name))
    return found


def written(registry: Registry, schema: dict[str, Any], row: dict[str, Any]) -> bytes:
    """A value as somebody with another version of a schema writes it."""
    schema_id = registry.register(f"written-{next(_COUNT)}", json.dumps(schema))
    body = BytesIO()
    schemaless_writer(body, parse_schema(copy.deepcopy(schema)), row)
    return frame(schema_id) + body.getvalue()


def test_there_is_an_example_of_every_topic_with_a_schema() -> None:
    """The examples are complete, so that what follows shows all."""
    assert {each.name for each in Topics() if each.schema} == set(EXAMPLES)


@pytest.mark.parametrize("topic", sorted(set(EXAMPLES) - {"sync.in"}))
def test_an_example_comes_back(codec: Codec, topic: str) -> None:
    """What a topic carries is read back as it was written, and written again as the same bytes."""
    data = codec.encode(topic, EXAMPLES[topic])

    assert codec.decode(data) == EXAMPLES[topic]
    assert codec.encode(topic, codec.decode(data)) == data


@pytest.mark.parametrize(
    ("topic", "cls"),
    [("commands.crm", Command), ("applied.crm", Applied), ("links", Link), ("unlinked", Unlinked)],
)
@given(data=st.data())
@PATIENT
def test_every_record_comes_back(codec: Codec, topic: str, cls: type[Struct], data: st.DataObject) -> None:
    """Whatever a record's fields hold is read back."""
    value = data.draw(records_of(cls))

    assert codec.decode(codec.encode(topic, value)) == value


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
@PATIENT
def test_every_entry_of_the_log_comes_back(codec: Codec, kind: str, data: st.DataObject) -> None:
    """An entry is read with its body, its origin and its place in the log."""
    body = data.draw(records_of(KINDS[kind]))

    event = codec.decode_event(codec.encode_event("e1", body, Origin("t", 1, 2)), at=7, offset=8, tenant="a")

    assert (event.body, event.id, event.origin) == (body, "e1", Origin("t", 1, 2))
    assert (event.at, event.offset, event.tenant) == (7, 8, "a")


def test_a_change_travels_through_the_log_as_it_was_written(codec: Codec) -> None:
    """Intake forwards bytes: the log's entry contains them unchanged, and is read as the change."""
    data = codec.encode("invoiced.customer", INVOICED)

    entry = codec.encode_event("t/0/1", data)

    assert data in entry
    assert codec.decode_event(entry, 1, 2, "default").body == INVOICED
    assert codec.encode_event("t/0/1", INVOICED) == entry


def test_a_field_its_writer_lacked_is_unknown(codec: Codec, registry: Registry) -> None:
    """A change written before `phone` had a field says nothing about the phone; not that it is empty."""
    old = schema("tandem.invoiced.CustomerChange")
    image = next(field for field in old["fields"] if field["name"] == "before")["type"][1]
    image["fields"] = [field for field in image["fields"] if field["name"] != "phone"]
    source = structs.asdict(INVOICED.source)
    row = {
        "op": "c",
        "ref": "r",
        "version": 1,
        "after": {"name": "A", "email": None},
        "source": source,
        "observed_at": 2,
    }

    after = codec.decode(written(registry, old, row)).after  # type: ignore[attr-defined]  # it is a change

    assert ("phone" in after, after["name"], after["email"]) == (False, "A", None)


def test_a_property_that_moved_from_extra_to_a_field_is_read_from_both(
    codec: Codec, registry: Registry
) -> None:
    """Typed first, then extra: old records show the property, although the field is new."""
    source = structs.asdict(INVOICED.source)
    row = {
        "op": "c",
        "ref": "r",
        "version": 1,
        "after": {"extra": {"phone": '"1"'}},
        "source": source,
        "observed_at": 2,
    }

    change = codec.decode(written(registry, schema("tandem.invoiced.CustomerChange"), row))

    assert change.after["phone"] == "1"  # type: ignore[attr-defined]  # it is a change


def test_a_newer_writer_is_understood(codec: Codec, registry: Registry) -> None:
    """A field this version does not know is left out; all others are read."""
    new = schema("tandem.Link")
    new["fields"].append({"name": "mood", "type": ["null", "string"], "default": None})
    row = {"link_id": "l", "flow": "customer", "flow_version": 1, "state": "linked", "at": 1, "mood": "fine"}

    link = codec.decode(written(registry, new, row))

    assert link == Link(link_id="l", flow="customer", flow_version=1, state="linked", at=1)


def test_a_field_that_became_nullable_takes_its_default(codec: Codec, registry: Registry) -> None:
    """A writer that leaves out a list or flag yields the record's own default, not None."""
    new = schema("tandem.Link")
    former = next(field for field in new["fields"] if field["name"] == "former")
    former |= {"type": ["null", former["type"]], "default": None}
    row = {"link_id": "l", "flow": "customer", "flow_version": 1, "state": "linked", "at": 1}

    assert codec.decode(written(registry, new, row)).former == ()  # type: ignore[attr-defined]  # it is a link


def test_a_kind_of_a_newer_version_is_named(codec: Codec, registry: Registry) -> None:
    """An entry whose kind this version does not know is refused by its id and kind."""
    with pytest.raises(Malformed, match=r"e7 is of the kind 'party'"):
        codec.decode_event(
            written(registry, schema("tandem.sync.SyncEvent"), {"kind": "party", "id": "e7"}), 1, 2, "t"
        )


def test_open_asks_for_all_and_encoding_for_nothing() -> None:
    """After `open` no encoding makes a request."""
    fake = RegistryFake()
    codec = Codec(Registry("http://r", transport=fake), Topics())
    codec.open()
    before = sum(fake.calls.values())

    for topic, value in EXAMPLES.items():
        codec.decode(codec.encode(topic, value)) if topic != "sync.in" else codec.encode(topic, value)

    assert sum(fake.calls.values()) == before
