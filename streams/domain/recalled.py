"""What is read back from the public topics, as entries of the log: the other end is `catching_up.restore`."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.records import Json, Link, LogEnd, Restore, Unlinked


def link(run: str, record: Link) -> Restore:
    """A link, by the row it carries."""
    return Restore(record.link_id, {"row": record.row}, "link", run)


def unlinked(run: str, record: Unlinked) -> Restore:
    """A record that stands in no link."""
    row: dict[str, Json] = {
        "state": record.state,
        "flow": record.flow,
        "cause": record.cause,
        "candidates": list(record.candidates),
        "image": dict(record.image) if record.image is not None else None,
    }
    return Restore(record.ref, row, "unlinked", run)


def gate(run: str, tenant: str, key: str, text: str) -> Restore | None:
    """A gate as `control` shows it; None for anything else that stands there."""
    head, kind, *rest = key.split("|")
    if (head, kind) != (tenant, "gate") or len(rest) != 2:
        return None
    shown: Mapping[str, Any] = json.loads(text)
    return Restore("|".join(rest), {"state": shown["state"], "cause": shown.get("cause")}, "gate", run)


def over(run: str, ends: Iterable[LogEnd]) -> Restore:
    """All of it has been appended; `ends` were those of the change topics before the first of it."""
    noted: list[Json] = [[end.topic_id, end.partition, end.offset] for end in ends]
    return Restore("", {"ends": noted}, "over", run)
