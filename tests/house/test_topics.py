"""The table of topics, the schemas and the pages made from them belong together."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from fastavro.schema import parse_schema

from schemas.catalogue import FOLDER, schema_text
from schemas.evolution import breaks
from schemas.reference import pages
from schemas.signal_table import signals
from schemas.signals import LogEvent, MetricName
from schemas.topic_table import DAY_MS, TABLE, TopicSpec

TRIMMED_BY_READER = {"sync.in", "commands.invoiced", "commands.crm"}
SCHEMAS = sorted(path.stem for path in FOLDER.glob("*.avsc"))


def names_in(schema: str) -> set[str]:
    named: dict[str, Any] = {}
    parse_schema(json.loads(schema_text(schema)), named_schemas=named)
    return set(named)


def test_names_are_lower_case_and_stand_once() -> None:
    """Topic names are lower case, dotted or dashed, and no two are the same."""
    names = [each.name for each in TABLE]

    assert [name for name in names if not re.fullmatch(r"[a-z]+([.-][a-z]+)*", name)] == []
    assert len(names) == len(set(names))


def test_every_schema_belongs_to_a_topic_and_every_topic_to_a_schema() -> None:
    """No orphans: each record is carried by a topic, alone or inside, and each topic's record has its file."""
    carried = set().union(*(names_in(each.schema) for each in TABLE if each.schema))

    assert carried == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_file_is_named_by_its_record(name: str) -> None:
    """A record stands in the file of its full name and says what it is."""
    schema = json.loads((FOLDER / f"{name}.avsc").read_text())

    assert f"{schema['namespace']}.{schema['name']}" == name
    assert schema["doc"].endswith(".")


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_may_change_without_breaking(name: str) -> None:
    """Each schema is compatible with itself, has no Avro enum, and exact types for money and time."""
    text = schema_text(name)

    assert breaks(text, text) == []
    assert not {'"enum"', '"float"', '"double"', '"fixed"'} & set(re.findall(r'"\w+"', text))
    for decimal in re.findall(r'\{[^{}]*"logicalType":"decimal"[^{}]*\}', text):
        assert json.loads(decimal) == {
            "logicalType": "decimal",
            "precision": 38,
            "scale": 10,
            "type": "bytes",
        }
    assert set(re.findall(r'"logicalType":"([^"]+)"', text)) <= {"decimal", "timestamp-millis"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_what_can_be_absent_has_null_as_default(name: str) -> None:
    """A nullable field begins with null and defaults to it, so that it may come and go."""
    fields = json.loads((FOLDER / f"{name}.avsc").read_text())["fields"]
    nullable = [field for field in fields if isinstance(field["type"], list)]

    assert [
        field["name"]
        for field in nullable
        if field["type"][0] != "null" or field.get("default", 0) is not None
    ] == []


@pytest.mark.parametrize("each", TABLE, ids=lambda each: each.name)
def test_settings_are_deliberate(each: TopicSpec) -> None:
    """Compression, size, retention and time stamps follow from what the topic is."""
    config = each.config()

    assert config["compression.type"] == "zstd"
    assert int(config["max.message.bytes"]) == 8 * 2**20
    assert each.delete_retention_ms == 30 * DAY_MS
    assert (each.retention_ms == -1) == (each.cleanup == "compact" or each.name in TRIMMED_BY_READER)
    assert (each.timestamps == "LogAppendTime") == (each.name == "sync.in")
    if each.public and each.key == "ref" and each.name != "unlinked":
        assert each.lag_ms == 30 * DAY_MS


@pytest.mark.parametrize("place", sorted(pages()), ids=lambda place: place.name)
def test_the_page_is_in_step(place: Path) -> None:
    """A generated page is the one the tables would write now: `python -m schemas.reference`."""
    assert place.read_text() == pages()[place]


def test_every_signal_is_explained() -> None:
    """Each metric and log event has a comment of the agreed form, and so a row in the page."""
    explained = [each.name for each in signals()]
    page = pages()[next(place for place in pages() if place.name == "metrics.md")]

    assert sorted(explained) == sorted([*get_args(MetricName), *get_args(LogEvent)])
    assert [name for name in explained if f"| `{name}` |" not in page] == []


def test_metric_names_end_with_what_they_count() -> None:
    """Counters end with _total, times with their unit, as Prometheus asks."""
    kinds = {each.name: each.comment.split(",")[0] for each in signals() if each.name in get_args(MetricName)}

    assert [name for name, kind in kinds.items() if (kind == "Counter") != name.endswith("_total")] == []
    units = {each.name: re.split(r"[,.]", each.comment)[1].strip() for each in signals()}
    assert [name for name, unit in units.items() if unit == "seconds" and not name.endswith("_seconds")] == []
