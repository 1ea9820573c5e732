"""The signals with what is said of each: the comment above a name in `signals.py` is its documentation."""

import re
from pathlib import Path
from typing import NamedTuple

_ASIDE = re.compile(r" \([^)]*\)")
_SIGNALS = Path(__file__).with_name("signals.py")
_COMMENTED = re.compile(r'^    # (?P<comment>.+)\n    "(?P<name>[^"]+)",$', re.MULTILINE)
METRIC = re.compile(
    r"^(?P<kind>Counter|Gauge|Histogram), (?P<unit>[^.]+)\. (?P<meaning>.+\.) Labels: (?P<labels>.+)\.$"
)
EVENT = re.compile(r"^(?P<level>Debug|Info|Warning|Error)\. (?P<meaning>.+\.)$")


class Signal(NamedTuple):
    """A metric or log event and the comment above it."""

    name: str
    comment: str


def signals() -> list[Signal]:
    """Every name that has a comment above it, in the order of the file."""
    return [
        Signal(found["name"], found["comment"]) for found in _COMMENTED.finditer(_SIGNALS.read_text("utf-8"))
    ]


def metric_shapes() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Every metric's kind, meaning and labels, as its documentation states them."""
    found = {one.name: METRIC.match(one.comment) for one in signals()}
    return {
        name: (match["kind"], match["meaning"], tuple(_ASIDE.sub("", match["labels"]).split(", ")))
        for name, match in found.items()
        if match is not None
    }
