"""Which changes of a schema break readers: the rule, in words a person can act on."""

import json
from typing import Any

import pytest

from schemas.catalogue import schema_text
from schemas.evolution import breaks

CHANGE = "tandem.invoiced.CustomerChange"


def record(*fields: dict[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "R", "fields": list(fields)})


def field(type_: Any, **more: Any) -> str:
    return record({"name": "f", "type": type_, **more})


def inner(type_: Any) -> dict[str, Any]:
    return {"type": "record", "name": "Inner", "fields": [{"name": "x", "type": type_}]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (field("string"), record(), ["f is gone and has no default"]),
        (record(), field("string"), ["f is new and has no default"]),
        (record(), field(["null", "string"], default=None), []),
        (field("string", default=""), record(), []),
        (field("int"), field("long"), ["f was int, is long"]),
        (field("string"), field(["null", "string"], default=None), ["f was string, is a union"]),
        (
            field(["null", "string"]),
            field(["null", "string", "long"]),
            ["f may now be long, which old readers cannot read"],
        ),
        (
            field({"type": "map", "values": "string"}),
            field({"type": "map", "values": "long"}),
            ["f[] was string, is long"],
        ),
        (
            field({"type": "array", "items": inner("int")}),
            field({"type": "array", "items": inner("string")}),
            ["f[].x was int, is string"],
        ),
        (field(["null", inner("int")]), field(["null", inner("string")]), ["f.x was int, is string"]),
        (
            field({"type": "enum", "name": "E", "symbols": ["a"]}),
            field({"type": "enum", "name": "E", "symbols": ["a", "b"]}),
            ["f was enum E of a, is enum E of a, b"],
        ),
        (
            field({"type": "long", "logicalType": "timestamp-millis"}),
            field("long"),
            ["f was timestamp-millis, is long"],
        ),
        (field("string", doc="old words"), field("string", doc="new words"), []),
    ],
)
def test_a_difference_is_named_or_harmless(old: str, new: str, expected: list[str]) -> None:
    """Only what somebody could no longer read is a break, and it is named by its path."""
    assert breaks(old, new) == expected


def test_a_nested_typed_record_may_grow() -> None:
    """A typed field may be added to the images inside a change: before and after share it."""
    old = json.loads(schema_text(CHANGE))
    new = json.loads(schema_text(CHANGE))
    image = next(each for each in new["fields"] if each["name"] == "before")["type"][1]
    image["fields"].append({"name": "mood", "type": ["null", "string"], "default": None})

    assert breaks(json.dumps(old), json.dumps(new)) == []


def test_a_nested_typed_field_may_not_change() -> None:
    """A typed field of an image never changes its type."""
    new = json.loads(schema_text(CHANGE))
    image = next(each for each in new["fields"] if each["name"] == "before")["type"][1]
    next(each for each in image["fields"] if each["name"] == "phone")["type"] = ["null", "long"]

    assert breaks(schema_text(CHANGE), json.dumps(new)) == [
        "before.phone may no longer be string",
        "before.phone may now be long, which old readers cannot read",
    ]
