"""`tandem status` tells what no flow and no direction would: entries nobody can fold, sources nobody can read."""

from typing import Any

from ops.cli.status import view

ANSWER: dict[str, Any] = {
    "flows": [], "sources": [], "in_flight": 0, "retrying": 0, "waiting_round": 0, "poisoned": 2,
    "unreadable": 1, "queued": 0, "positions": {}, "offset": 7, "catching_up": False,
}  # fmt: skip


def test_what_belongs_to_no_flow_is_told() -> None:
    """An operator sees it without asking for it by name."""
    told = view(ANSWER, {})

    assert (told["poisoned"], told["unreadable"]) == (2, 1)
