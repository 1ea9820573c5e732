"""Writes the reference pages for topics, signals and AsyncAPI out of their tables: `python -m schemas.reference`."""

from collections.abc import Iterator
from pathlib import Path

from schemas.asyncapi import document, to_yaml
from schemas.flows_page import flows_page
from schemas.signal_table import EVENT, METRIC, signals
from schemas.topic_table import DAY_MS, TABLE, TopicSpec
from schemas.topics import Topics

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

_TOPICS_HEAD = """# Topics

Generated from the code (`python -m schemas.reference`). Names carry the prefix (`tandem.`), and for every tenant
but the default one the tenant's name after it (`tandem.<tenant>.`), except where it says shared. Values are Avro in
Confluent's wire format, subject `<topic>-value`, evolved `FULL_TRANSITIVE`; keys are raw UTF-8. All topics:
zstd, records of up to 8 MB. `tandem topics apply` makes them so; [asyncapi.yaml](asyncapi.yaml) says the same
to tools, with every schema. N is a setting.

| topic | key | value | partitions | cleanup | kept | written by | read by |
|---|---|---|---|---|---|---|---|
"""
_METRICS_HEAD = """# Metrics and log events

Generated from the code (`python -m schemas.reference`).

## Metrics

| name | kind | unit | meaning | labels |
|---|---|---|---|---|
"""
_EVENTS_HEAD = """
## Log events

| name | level | meaning |
|---|---|---|
"""


def metrics_page() -> str:
    """The page of metrics and log events."""
    metrics = [(each.name, found) for each in signals() if (found := METRIC.match(each.comment))]
    events = [(each.name, found) for each in signals() if (found := EVENT.match(each.comment))]
    rows = (
        f"| `{name}` | {m['kind']} | {m['unit']} | {m['meaning']} | {m['labels']} |\n" for name, m in metrics
    )
    lines = (f"| `{name}` | {e['level']} | {e['meaning']} |\n" for name, e in events)
    return _METRICS_HEAD + "".join(rows) + _EVENTS_HEAD + "".join(lines)


def topics_page() -> str:
    """The page of topics."""
    return _TOPICS_HEAD + "".join(map(_row, TABLE)) + "".join(_meanings())


def _row(each: TopicSpec) -> str:
    name = f"**`{each.name}`**" if each.public else f"`{each.name}`"
    value = f"`{each.schema}`" if each.schema else "raw" if each.cleanup == "compact" else "none"
    spread = {"n": "N", "tenants": "one a tenant, shared", "one": "1"}[each.spread]
    cells = (
        name,
        each.key.replace("|", "\\|"),
        value,
        spread,
        each.cleanup,
        _kept(each),
        each.owner,
        ", ".join(each.readers),
    )
    return f"| {' | '.join(cells)} |\n"


def _kept(each: TopicSpec) -> str:
    if each.cleanup == "compact":
        lag = f"all for {each.lag_ms // DAY_MS} d, then " if each.lag_ms else ""
        return f"{lag}the last of each key; tombstones {each.delete_retention_ms // DAY_MS} d"
    return f"{each.retention_ms // DAY_MS} d" if each.retention_ms > 0 else "until trimmed by its reader"


def _meanings() -> Iterator[str]:
    yield "\nBold: public, for other teams to read.\n\n"
    for each in TABLE:
        yield f"- `{each.name}`: {each.description}\n"


def pages() -> dict[Path, str]:
    """Every page this makes, by the place it belongs."""
    return {
        FOLDER / "flows.md": flows_page(),
        FOLDER / "topics.md": topics_page(),
        FOLDER / "asyncapi.yaml": to_yaml(document(Topics())),
        FOLDER / "metrics.md": metrics_page(),
    }


if __name__ == "__main__":
    for place, text in pages().items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
