"""Organisations that stand in both systems before Tandem is started for the first time."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
from httpx import Response
from msgspec import Struct

from sandbox.bound import spawn
from sandbox.demo.systems import Record, System
from sandbox.ready import wait_until
from sandbox.seed.organisations import Organisation
from sandbox.stack.layout import Layout

KEY = "bench-user"
AT_ONCE = 4
DAY_S = 86_400


class Population(Struct, frozen=True):
    """How many organisations stand in both systems alike, and how many in each of them alone."""

    both: int
    alone: int = 0

    @property
    def a_side(self) -> int:
        return self.both + self.alone

    @property
    def links(self) -> int:
        return self.both + 2 * self.alone

    def records(self, system: str) -> Iterator[Record]:
        """A system's records, as its users write them."""
        own = [organisation("B", number) for number in range(self.both)]
        own += [organisation(system[0].upper(), number) for number in range(self.alone)]
        return (one.invoiced() if system == "invoiced" else one.crm() for one in own)


def organisation(letter: str, number: int) -> Organisation:
    """One of many: its letter and number tell it from all others."""
    name = f"{letter}{number:06}"
    return Organisation(
        f"Organisation {name}",
        name,
        f"accounts@{name.lower()}.example",
        f"+49 40 {number:07}",
        f"Harbour Street {number % 900 + 1}",
        "Hamburg",
        "20457",
        "DE",
        "EUR",
        f"DE{letter}{number:08}",
        "NET 30",
        f"https://{name.lower()}.example",
    )


def populate(layout: Layout, population: Population) -> None:
    """Write them into the data that the sandbox of this place will find, as of yesterday."""
    layout.make()
    for name in ("invoiced", "crm"):
        with _alone(name, layout) as system:
            system.http.post("/_sandbox/clock", json={"offset_s": -DAY_S}).raise_for_status()
            with ThreadPoolExecutor(AT_ONCE) as threads:
                for answer in threads.map(partial(_create, system), population.records(name)):
                    answer.raise_for_status()
            system.http.post("/_sandbox/clock", json={"offset_s": 0}).raise_for_status()


def _create(system: System, record: Record) -> Response:
    return system.http.post("/customers", json=record)


@contextmanager
def _alone(name: str, layout: Layout) -> Iterator[System]:
    """One system without anything beside it."""
    ready = layout.state / f"{name}.ready"
    command: list[str | Path] = [sys.executable, "-m", f"sandbox.{name}", "--user-api-key", KEY]
    log = layout.log(f"{name}-populated")
    process = spawn([*command, "--data-dir", layout.state / name, "--ready", ready], log)
    try:
        wait_until(ready.exists, process, log, 30)
        url = msgspec.json.decode(Path(ready).read_bytes())["url"]
        system = System.reach(name, {f"{name}_url": url, f"{name}_user_api_key": KEY})
        yield system
        system.http.close()
    finally:
        process.terminate()
        process.wait()
        ready.unlink(missing_ok=True)
