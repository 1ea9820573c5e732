"""What one event costs without Kafka: decoding, folding, encoding, and the rows below them.

In processor time of the folding thread, so that a busy machine shows the same.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from rocksdict import Options

from bench.expect import expect
from bench.lap import INSTALLATION, TENANT, Lap
from schemas.codec import Codec
from schemas.flow_file import load_flows
from schemas.records import Command
from schemas.topics import Topics
from streams.domain.config import Config
from streams.domain.step import step
from streams.rows import Rows, Stamp
from streams.tenant import Telling
from streams.view import Overlay, PartitionView

CHUNK = 500
STEPS = ("decode", "step", "encode", "rows")


class Ids:
    """A registry for one process: it gives out ids and knows what it gave."""

    def __init__(self) -> None:
        self._schemas: list[str] = []

    def register(self, _subject: str, schema: str) -> int:
        if schema not in self._schemas:
            self._schemas.append(schema)
        return self._schemas.index(schema) + 1

    def schema(self, schema_id: int) -> str:
        return self._schemas[schema_id - 1]


class Bench:
    """Folds chunk by chunk over rows on disk, as a worker does, with a stopwatch beside each step."""

    def __init__(self, folder: Path) -> None:
        topics = Topics(prefix="bench.")
        self.codec = Codec(Ids(), topics)
        self.codec.open()
        self._config = config()
        self._telling = Telling(self.codec, topics)
        self._rows = Rows(folder / "rows", _options())
        self._offset, self._sent = 0, list[Any]()
        self.spent: dict[str, float] = defaultdict(float)

    def work(self, values: Sequence[bytes], at: int) -> list[Command]:
        """Fold these and the `continue`s that follow from them; the commands that come of it."""
        self.spent.clear()
        self._sent.clear()
        waiting = list(values)
        while waiting:
            chunk, waiting = waiting[:CHUNK], waiting[CHUNK:]
            began = time.thread_time()
            waiting += self._take(chunk, at)
            self.spent["whole"] += time.thread_time() - began
        inside = sum(self.spent[name] for name in STEPS if name != "rows")
        self.spent["rows"] = self.spent.pop("whole", 0.0) - inside
        return [cast("Command", told.record) for told in self._sent if told.topic.startswith("commands.")]

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        """All rows, in byte order."""
        return self._rows.items()

    def _take(self, chunk: Sequence[bytes], at: int) -> list[bytes]:
        overlay, outputs = Overlay(), list[Any]()
        view = PartitionView(self._rows, (f"{TENANT}|".encode(),), 0, [overlay])
        for value in chunk:
            writes, told = self._fold(view, value, at)
            overlay.put(writes)
            outputs += told
            self._offset += 1
        self._rows.write(overlay.changes.items(), Stamp("changelog", self._offset, "1", 0.0))
        return [output.value or b"" for output in outputs if output.topic == "bench.sync.in"]

    def _fold(self, view: PartitionView, value: bytes, at: int) -> tuple[Any, list[Any]]:
        event = self._timed("decode", lambda: self.codec.decode_event(value, at, self._offset, TENANT))
        effects = self._timed("step", lambda: step(view, event, self._config))
        self._sent += effects.outputs
        told = self._timed("encode", lambda: [self._telling.output(event.id, one) for one in effects.outputs])
        return effects.writes, told

    def _timed(self, name: str, call: Callable[[], Any]) -> Any:
        began = time.thread_time()
        done = call()
        self.spent[name] += time.thread_time() - began
        return done


def config() -> Config:
    """The domain as the measured workers have it: the built-in flows, gate open."""
    return Config(tenant=TENANT, flows=load_flows(), installation=INSTALLATION)


def _options() -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    return options


class Phase(NamedTuple):
    """One phase of a lap: how many events it had, and the seconds of each step."""

    name: str
    events: int
    spent: dict[str, float]


def phases(size: int) -> Iterator[Phase]:
    """A lap, phase by phase; `deciding` counts the records that are decided, all in a few events."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        now = time.time_ns() // 1_000_000
        lap = Lap(bench.codec, 1, size, now)
        bench.work(lap.first_sights()[:1], now)  # whatever is made once is made now

        def timed(name: str, values: Sequence[bytes]) -> tuple[Phase, list[Command]]:
            commands = bench.work(values, now)
            return Phase(name, size if name == "deciding" else len(values), dict(bench.spent)), commands

        yield timed("first sight", lap.first_sights())[0]
        phase, creates = timed("deciding", lap.rounds())
        expect("creates", size, len(creates))
        yield phase
        yield timed("result of a create", lap.answers(creates))[0]
        yield timed("echo", lap.echoes())[0]
        phase, edits = timed("change", lap.changes())
        expect("changed properties", [("Description",)] * size, [command.changed for command in edits])
        yield phase
        yield timed("result of a change", lap.answers(edits))[0]
