"""A first run over many organisations: how fast it reads and writes, and how much memory it takes."""

from collections.abc import Sequence

from msgspec import Struct

from bench.expect import expect
from bench.population import Population
from bench.request_log import Entry, counted
from bench.stack import SYSTEMS, Memory, Stack

PATIENCE_S = 1_800.0


class Reading(Struct, frozen=True):
    """A system read whole: seconds from the first page to the last."""

    seconds: float
    pages: int


class Writing(Struct, frozen=True):
    """Tandem's requests between its first write and its last, and the share of its budget they are."""

    seconds: float
    requests: int
    share: float


class FirstRun(Struct, frozen=True):
    """What a first run took, by system, and the memory of each process."""

    reading: dict[str, Reading]
    writing: dict[str, Writing]
    memory: dict[str, Memory]


def first_run(stack: Stack, population: Population) -> FirstRun:
    """Wait until all is linked, then read it from the request logs."""
    stack.settle(PATIENCE_S)
    flows = stack.tandem("status")["flows"]
    expect("links", population.links, max(flow["links"] for flow in flows))
    expect(
        "parked, waiting or in review",
        0,
        sum(flow["parked"] + flow["waiting"] + flow["review"] for flow in flows),
    )
    logs = {name: stack.log(name).after(0, "tandem") for name in SYSTEMS}
    return FirstRun(
        {name: _reading(log) for name, log in logs.items()},
        {name: _writing(log, stack.budget(name)) for name, log in logs.items()},
        stack.memory(),
    )


def _reading(log: Sequence[Entry]) -> Reading:
    pages = [one for one in log if one.kind == "scan"]
    return Reading(pages[-1].at - pages[0].at, len(pages))


def _writing(log: Sequence[Entry], budget: float) -> Writing:
    writes = [one.at for one in log if one.kind == "write"]
    if len(writes) < 2:
        return Writing(0.0, len(writes), 0.0)
    seconds = writes[-1] - writes[0]
    inside = [one for one in log if writes[0] <= one.at <= writes[-1]]
    return Writing(seconds, sum(counted(inside).values()), len(inside) / (seconds * budget))
