"""How much a run measures: enough for figures that hold, or little enough for a look."""

from msgspec import Struct

from bench.population import Population


class Sizes(Struct, frozen=True):
    """The amounts of one run."""

    lap: int
    laps: int
    plain_lap: int
    empty: int
    plain_empty: int
    latency_s: int
    rows: int
    restores: int
    quiet: Population
    updates: int
    creates: int
    first_run: Population


FULL = Sizes(
    lap=5_000,
    laps=3,
    plain_lap=1_000,
    empty=100_000,
    plain_empty=5_000,
    latency_s=30,
    rows=1_000_000,
    restores=3,
    quiet=Population(2_000),
    updates=60,
    creates=20,
    first_run=Population(16_000, 4_000),
)
SMALL = Sizes(
    lap=1_000,
    laps=2,
    plain_lap=200,
    empty=20_000,
    plain_empty=1_000,
    latency_s=5,
    rows=100_000,
    restores=3,
    quiet=Population(200),
    updates=15,
    creates=6,
    first_run=Population(400, 100),
)
