"""A lap's events do to the domain what their names say, so that what is timed is what is meant."""

from pathlib import Path

from bench import domain_time
from bench.changelog import many
from bench.domain_time import Bench
from bench.lap import Lap
from streams.domain.rows import decode_link

AT = 1_800_000_000_000


def test_every_phase_is_what_it_is_called() -> None:
    """A first sight and an echo send nothing, a change sends one update; each phase has its events and times."""
    found = {phase.name: phase for phase in domain_time.phases(20)}

    assert {name: phase.events for name, phase in found.items()} == dict.fromkeys(found, 20)
    assert list(found) == [
        "first sight",
        "deciding",
        "result of a create",
        "echo",
        "change",
        "result of a change",
    ]
    assert all(set(phase.spent) == set(domain_time.STEPS) for phase in found.values())
    assert found["echo"].spent["encode"] < found["change"].spent["encode"]


def test_after_a_lap_all_is_in_step(tmp_path: Path) -> None:
    """Echoes and results leave no command behind, and every link ends without one in flight."""
    bench = Bench(tmp_path)
    lap = Lap(bench.codec, 1, 5, AT)
    assert bench.work(lap.first_sights(), AT) == []
    creates = bench.work(lap.rounds(), AT)
    assert [command.verb for command in creates] == ["create"] * 5
    assert bench.work(lap.answers(creates), AT) == []
    assert bench.work(lap.echoes(), AT) == []
    edits = bench.work(lap.changes(), AT)
    assert [command.changed for command in edits] == [("Description",)] * 5
    assert bench.work(lap.answers(edits), AT) == []

    rows = [decode_link(value) for key, value in bench.rows() if key.startswith(b"default|link|")]
    assert [(row.crm.flight, row.crm.seen["notes"] == row.invoiced.seen["notes"]) for row in rows] == [
        (None, True)
    ] * 5


def test_a_changelog_of_many_has_as_many_keys() -> None:
    """Rows are repeated under keys of their own, so a restore really has that many."""
    rows = list(many(2_500))

    assert len({key for key, _ in rows}) == len(rows) == 2_500
