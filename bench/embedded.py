"""Kafka and a schema registry for one run: started on free ports, stopped whatever happens."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen

from msgspec import Struct

import sandbox.kafka
import sandbox.registry


class Servers(Struct, frozen=True):
    """Where they answer, and a folder that goes with them."""

    kafka: str
    registry: str
    folder: Path


@contextmanager
def embedded() -> Iterator[Servers]:
    """Both servers for as long as the block runs."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="tandem-bench-")))
        broker, kafka = sandbox.kafka.start(folder / "kafka")
        ending.callback(_end, kafka)
        found, registry = sandbox.registry.start(folder / "registry", broker.bootstrap)
        ending.callback(_end, registry)
        yield Servers(broker.bootstrap, found.url, folder)


def _end(process: Popen[bytes]) -> None:
    process.kill()
    process.wait()
