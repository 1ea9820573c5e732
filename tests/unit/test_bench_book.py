"""A report says what ran, what did not and why, in the shape of all reports."""

from pathlib import Path

import msgspec
from rich.console import Console

from bench.book import Book
from bench.expect import expect


def test_a_part_that_fails_leaves_the_others(tmp_path: Path) -> None:
    """Its step carries the reason, the run is not ok, and later parts still stand in the report."""
    book = Book(Console(quiet=True))
    with book.part("first"):
        expect("links", 3, 2)
    with book.part("second"):
        book.note("speed", 12_345.6, "events/s", ">= 1")
    book.write(tmp_path / "reports" / "bench.json", 7)

    report = msgspec.json.decode((tmp_path / "reports" / "bench.json").read_bytes())
    first, second = report["steps"]
    assert (report["ok"], report["seed"]) == (False, 7)
    assert (first["ok"], first["actual"]) == (False, "Untrue: links: expected 3, found 2")
    assert (second["ok"], second["name"]) == (True, "second")
    assert report["figures"]["speed"] == {"value": 12_300.0, "unit": "events/s", "target": ">= 1"}


def test_a_missed_target_is_no_failure() -> None:
    """Figures are read beside their targets; nobody fails by time."""
    book = Book(Console(quiet=True))
    with book.part("slow"):
        book.note("speed", 0.001, "events/s", ">= 1000000")

    assert book.ok
