"""State comes back from its changelog: after losing it, after a half-done restore, after a change of cluster."""

import shutil
from pathlib import Path

import pytest
from rocksdict import Options

from streams.restore import AbandonedError, Source, TooSlowError, restore
from streams.rows import STAMP, Rows, Stamp
from tests.chaos.worker_room import Room, numbers, room, stop

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

KEYS = 300


def worked(here: Room, inputs: int = 3_000) -> None:
    here.feed(numbers(inputs, KEYS))
    worker = here.spawn()
    here.read(here.out, inputs)
    assert stop(worker) == 0


def database(folder: Path) -> Path:
    return next(folder.glob("**/state-0.db"))


def content(path: Path) -> dict[bytes, bytes]:
    """All rows and look-ups, without the local stamp."""
    rows = Rows(path, Options(raw_mode=True))
    found = {key: value for key, value in rows.items() if key != STAMP}
    rows.close()
    return found


def test_state_lost(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A worker without its folder restores rows and look-ups as they were, though the log ends in a marker."""
    with room(kafka, topic_prefix, tmp_path) as here:
        worked(here)
        before = content(database(tmp_path / "w0"))
        shutil.rmtree(tmp_path / "w0")
        worker = here.spawn()
        here.hear("w0", "state.restored")
        assert stop(worker) == 0

        assert content(database(tmp_path / "w0")) == before
        assert sum(b"|x:" in key for key in before) == KEYS


def test_of_another_cluster(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """Rows of another changelog are said to be wiped, and are restored."""
    with room(kafka, topic_prefix, tmp_path) as here:
        worked(here)
        path = database(tmp_path / "w0")
        before = content(path)
        rows = Rows(path, Options(raw_mode=True))
        rows.write([(b"t|n|stranger", b"0000000009")], Stamp("another", 1, "1", 0.0))
        rows.close()
        worker = here.spawn()
        here.hear("w0", "state.restored")
        assert stop(worker) == 0

        assert "state.wiped" in here.said("w0")
        assert "copy changelog another" in here.said("w0")
        assert content(path) == before


def test_broken_rows(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    """A stamp nobody can read ends in one wipe and a restore, not in a worker that will not start."""
    with room(kafka, topic_prefix, tmp_path) as here:
        worked(here)
        path = database(tmp_path / "w0")
        before = content(path)
        rows = Rows(path, Options(raw_mode=True))
        rows._db.put(STAMP, b"{broken")
        rows.close()
        worker = here.spawn()
        here.hear("w0", "state.restored")
        assert stop(worker) == 0

        assert "restore failed: " in here.said("w0")
        assert content(path) == before


@pytest.fixture(scope="module")
def filled(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A changelog with rows in it, of a worker that is gone."""
    with room(kafka, "restored.", tmp_path_factory.mktemp("restored")) as here:
        worked(here)
        return kafka, here.changelog


def source(filled: tuple[str, str], **more: object) -> Source:
    told = {"index_version": "1", "deadline_s": 30.0, "abandoned": lambda: False, "keep_s": 1e9, **more}
    return Source(filled[0], filled[1], "id", 0, by_count, **told)  # type: ignore[arg-type]  # named above


def by_count(key: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"t|x:one|" + value[:10] + key, b"")]


def by_key(key: bytes, value: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"t|x:two|" + key, value[:10])]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    return Rows(tmp_path / "rows", options)


def lookups(rows: Rows) -> set[bytes]:
    return {key for key, _ in rows.items(b"t|x:") if key.startswith(b"t|x:")}


def test_other_rules(filled: tuple[str, str], rows: Rows) -> None:
    """Look-ups follow their rules: another version builds all anew and leaves none of the old."""
    restore(rows, source(filled))
    one = lookups(rows)
    restore(rows, Source(filled[0], filled[1], "id", 0, by_key, "2", 30.0, lambda: False, 1e9))
    two = lookups(rows)
    rows.close()

    assert len(one) == len(two) == KEYS
    assert {key[:8] for key in one} == {b"t|x:one|"}
    assert {key[:8] for key in two} == {b"t|x:two|"}


def test_gone_on_with(filled: tuple[str, str], rows: Rows) -> None:
    """Rows at an earlier offset are caught up to the same content as rows restored whole."""
    read = restore(rows, source(filled))
    whole = {key: value for key, value in rows.items() if key != STAMP}
    rows.wipe()
    seen = iter(range(10**6))
    with pytest.raises(AbandonedError):
        restore(rows, source(filled, abandoned=lambda: next(seen) > 1, batch=100))
    rest = restore(rows, source(filled))
    caught_up = {key: value for key, value in rows.items() if key != STAMP}
    rows.close()

    assert caught_up == whole
    assert rest < read


def test_deadline(filled: tuple[str, str], rows: Rows) -> None:
    """A restore that does not come to its end says where it stood."""
    with pytest.raises(TooSlowError, match="restored to 0 of"):
        restore(rows, source(filled, deadline_s=-1.0))
    rows.close()
