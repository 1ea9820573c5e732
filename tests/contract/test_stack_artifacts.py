"""Nothing unlocked runs: every Java file is pinned and checked, cached once, and missed with a plain word."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.jvm.artifacts import ArtifactError, _verify
from sandbox.jvm.lock import TITLES, Locked, read_lock

NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


def test_every_program_is_pinned_to_versions_and_checksums() -> None:
    """The lock names each file's exact version and whole SHA-256, for every program there is."""
    lock = read_lock()

    assert lock.keys() == TITLES.keys()
    for item in (item for items in lock.values() for item in items):
        assert item.version[0].isdigit(), item
        assert len(bytes.fromhex(item.sha256)) == 32, item


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    """A download with another checksum names the file and is not kept."""
    file = tmp_path / "a-1.jar"
    file.write_bytes(b"altered")

    with pytest.raises(ArtifactError, match=r"a-1\.jar is not the locked file"):
        _verify(Locked("g", "a", "1", sha256="0" * 64, size=7), file)


@pytest.mark.usefixtures("registry")
def test_a_filled_cache_needs_no_network() -> None:
    """Once fetched, everything is found without a single request."""
    assert _fill_cache(NO_NETWORK).returncode == 0


def test_an_empty_cache_without_network_says_what_to_do(tmp_path: Path) -> None:
    """The message names the file, the reason and the cure; no trace of the program's inside."""
    done = _fill_cache({**NO_NETWORK, "XDG_CACHE_HOME": str(tmp_path)})

    assert done.returncode == 1
    assert "Cannot fetch kafka_2.13-4.1.1.jar: ConnectionRefusedError" in done.stderr
    assert "connect to the network" in done.stderr
    assert "Traceback" not in done.stderr


def _fill_cache(env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox.jvm"]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
