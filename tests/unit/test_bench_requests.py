"""Requests are sorted by what they were for, and edits are matched with what became of them."""

from typing import Any

import pytest

from bench.applied import taken
from bench.expect import Untrue
from bench.request_log import Entry, counted, seconds

NOW = 1_800_000_000.0


def entry(method: str, path: str, query: str = "", **more: Any) -> Entry:
    told: dict[str, Any] = {"seq": 1, "at": NOW, "actor": "tandem", "status": 200, "body": None} | more
    return Entry(method=method, path=path, query=query, **told)


@pytest.mark.parametrize(
    ("method", "path", "query", "kind"),
    [
        ("PATCH", "/customers/1", "", "write"),
        ("POST", "/customers", "", "write"),
        ("GET", "/events", "page=1", "poll"),
        ("GET", "/customers", "updated_after=1799999995&page=1", "poll"),
        ("GET", "/customers", "updated_after=0&page=1", "scan"),
        ("GET", "/customers", "updated_since=1970-01-01T00%3A00%3A00.000Z", "scan"),
        ("GET", "/customers", "updated_since=2027-01-15T07%3A59%3A57.100Z&page=1", "poll"),
        ("GET", "/customers", "filter%5Bnumber%5D=1008", "look"),
        ("GET", "/customers/7", "", "look"),
    ],
)
def test_what_a_request_was_for(method: str, path: str, query: str, kind: str) -> None:
    """Polls, scans, looks and writes are told apart by method, path and query alone."""
    assert entry(method, path, query).kind == kind


def test_requests_are_counted_by_kind() -> None:
    """Each request counts once, under its kind."""
    entries = [entry("GET", "/events"), entry("GET", "/events"), entry("DELETE", "/customers/1")]

    assert counted(entries) == {"poll": 2, "write": 1}


def test_times_of_both_systems() -> None:
    """Whole seconds and RFC 3339 text mean the same moment."""
    assert seconds("1800000000") == seconds("2027-01-15T08:00:00.000Z") == NOW


def written(actor: str, word: str, at: float, status: int = 200) -> Entry:
    return entry("PATCH", "/customers/1", actor=actor, body={"notes": word}, at=at, status=status)


def test_an_edit_is_matched_with_its_first_successful_write() -> None:
    """The time runs from the user's write to Tandem's first one that was taken, whatever else went on."""
    source = [written("tandem", "a", 1.0), written("user", "a", 10.0), written("user", "b", 11.0)]
    target = [
        written("user", "a", 10.1),
        written("tandem", "a", 10.2, status=503),
        written("tandem", "b", 11.5),
        written("tandem", "a", 12.0),
        written("tandem", "a", 19.0),
    ]

    assert list(taken(["a", "b"], source, target)) == [2.0, 0.5]


def test_an_edit_that_never_arrived_is_no_figure() -> None:
    """A word that Tandem did not write is an untrue run, not a faster one."""
    with pytest.raises(Untrue, match="edits applied"):
        list(taken(["a"], [written("user", "a", 1.0)], []))
