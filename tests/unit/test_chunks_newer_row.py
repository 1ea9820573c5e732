"""A row that a newer version has written is not misread, and not taken for a fault of the log's entries."""

import subprocess
import sys
from pathlib import Path

from streams.guard import FAILED_ACK

WORKER = """
import asyncio, sys
from pathlib import Path
from streams.rows import Stamp
from tests.unit.test_chunks_poison import CONFIG, Worker
from tests.unit.test_chunks_view import rows_in

rows = rows_in(Path(sys.argv[1]))
worker = Worker(rows)
rows.write([(b"default|control|tenant", bytes([2]))], Stamp("id", 0, CONFIG.version, 0.0))
asyncio.run(worker.ask("status"))
"""


def test_it_ends_the_process_with_its_name_and_the_cure(tmp_path: Path) -> None:
    """Parked for it, entry by entry, the whole log would be given up."""
    ended = subprocess.run(
        [sys.executable, "-c", WORKER, str(tmp_path)], capture_output=True, text=True, check=False
    )

    told = ended.stdout + ended.stderr
    assert ended.returncode == FAILED_ACK, told
    assert "control|tenant" in told
    assert "run that one again" in told
