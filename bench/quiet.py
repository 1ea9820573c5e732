"""What quiet costs: requests of ten rounds in which nothing changes."""

import time
from collections import Counter

from msgspec import Struct

from bench.expect import expect
from bench.request_log import Entry, Kind, counted
from bench.stack import SYSTEMS, Stack

ROUNDS = 10
PATIENCE_S = 120.0
LOOK_S = 0.5


class Quiet(Struct, frozen=True):
    """Tandem's requests by system and kind."""

    requests: dict[str, Counter[Kind]]


def quiet(stack: Stack) -> Quiet:
    """Ten whole rounds: from the first question for events to the eleventh one."""
    begun = time.time()
    until = time.monotonic() + PATIENCE_S
    while len(marks := _events(stack, begun)) <= ROUNDS:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(marks)} rounds in {PATIENCE_S:.0f} s")
        time.sleep(LOOK_S)
    first, last = marks[0].at, marks[ROUNDS].at
    found = {
        name: counted([one for one in stack.log(name).after(0, "tandem") if first <= one.at < last])
        for name in SYSTEMS
    }
    expect("writes while it is quiet", 0, sum(one["write"] for one in found.values()))
    return Quiet(found)


def _events(stack: Stack, begun: float) -> list[Entry]:
    return [
        one for one in stack.log("invoiced").after(0, "tandem") if one.path == "/events" and one.at > begun
    ]
