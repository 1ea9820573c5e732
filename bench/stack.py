"""A sandbox for a measurement: its own folder, populated before it starts, gone afterwards whatever happens."""

import json
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from msgspec import Struct

from bench.population import Population, populate
from bench.request_log import RequestLog
from sandbox.demo.systems import System
from sandbox.stack import client
from sandbox.stack.layout import Layout
from sandbox.stack.options import Options
from schemas.flow_file import OWN_FLOWS

FLOWS = "TANDEM_FLOWS"
SYSTEMS = ("invoiced", "crm")
SETTLE_S = 60.0


class Memory(Struct, frozen=True):
    """Megabytes of one process: now, and the most it ever held."""

    now: float
    peak: float


class Stack(Struct, frozen=True):
    """The running sandbox as a measurement needs it."""

    root: Path
    manifest: Mapping[str, Any]
    systems: Mapping[str, System]

    def log(self, system: str) -> RequestLog:
        """What was asked of a system."""
        return RequestLog(self.systems[system].http)

    def tandem(self, *words: str) -> dict[str, Any]:
        """A command of Tandem's own, its JSON answer."""
        command = [str(self.manifest["tandem"]), *words, "--output", "json"]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        answer: dict[str, Any] = json.loads(done.stdout or done.stderr or "{}")
        return answer

    def settle(self, patience_s: float) -> None:
        """Wait until every edit has arrived; raise with what is in the way."""
        until = time.monotonic() + patience_s
        while True:
            answer = self.tandem("settle", "--timeout", str(SETTLE_S))
            if answer.get("settled"):
                return
            if time.monotonic() > until:
                raise TimeoutError(f"not settled after {patience_s:.0f} s: {answer}")

    def budget(self, system: str) -> float:
        """The requests a second that the connector of a system may make."""
        name = f"TANDEM_{system.upper()}__RPS"
        lines = Path(str(self.manifest["env_file"])).read_text().splitlines()
        settings = dict(line.split("=", 1) for line in lines)
        return float(shlex.split(settings[name])[0])

    def memory(self) -> dict[str, Memory]:
        """By process, from what the kernel says of it."""
        pids = client.read_manifest(Layout(self.root))["pids"]
        return {name: _memory(int(pid)) for name, pid in pids.items()}


def _memory(pid: int) -> Memory:
    """A process and all that it started."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    lines = [
        line.split() for one in family for line in Path(f"/proc/{one.pid}/status").read_text().splitlines()
    ]
    kilobytes = {
        name: sum(int(line[1]) for line in lines if line[0] == f"{name}:") for name in ("VmRSS", "VmHWM")
    }
    return Memory(kilobytes["VmRSS"] / 1024, kilobytes["VmHWM"] / 1024)


@contextmanager
def _organisations_only(root: Path) -> Iterator[None]:
    """Only their flow: a first reading of contacts takes a request for each of 20,000 organisations, and finds none."""
    flows, before = root / "flows", os.environ.get(FLOWS)
    flows.mkdir()
    shutil.copy(OWN_FLOWS / "customer.yaml", flows)
    os.environ[FLOWS] = str(flows)
    try:
        yield
    finally:
        os.environ.pop(FLOWS)
        if before is not None:
            os.environ[FLOWS] = before


@contextmanager
def stack(population: Population) -> Iterator[Stack]:
    """Both systems populated, then everything up; yields once both backfills are done."""
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        layout = Layout(Path(folder))
        populate(layout, population)
        with _organisations_only(layout.root), client.running(Options(seed="none"), layout.root) as manifest:
            systems = {name: System.reach(name, manifest) for name in SYSTEMS}
            yield Stack(layout.root, manifest, systems)
            for system in systems.values():
                system.http.close()
