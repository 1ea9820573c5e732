"""How far each flow is behind what its source has shown: entries of its change topic that are not forwarded. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.flow import Flow
from schemas.topics import Topics

#: (flow, direction) → the full name of the topic its changes come from.
Feeds = Mapping[tuple[str, str], str]


def feeds(flows: Sequence[Flow], topics: Topics) -> Feeds:
    """Where each flow and direction reads."""
    found = {(flow.name, "to-crm"): topics.name(f"invoiced.{flow.invoiced.entity}") for flow in flows}
    return found | {(flow.name, "to-invoiced"): topics.name(f"crm.{flow.crm.entity}") for flow in flows}


def with_lag(
    rows: Sequence[Mapping[str, Any]], feeds: Feeds, positions: Mapping[str, int], ends: Mapping[str, int]
) -> list[dict[str, Any]]:
    """The flows of an answer with their lag; a flow only the worker knows keeps what the worker says."""
    return [
        {**row, "lag": behind(topic, positions, ends)}
        if (topic := feeds.get((row["flow"], row["direction"]))) is not None
        else dict(row)
        for row in rows
    ]


def behind(topic: str, positions: Mapping[str, int], ends: Mapping[str, int]) -> int:
    """Entries of a topic beyond what is forwarded; `topic/partition` names a place in both."""
    return sum(
        max(0, end - positions.get(place, 0))
        for place, end in ends.items()
        if place.rpartition("/")[0] == topic
    )
