"""What the watchdog is told to look at."""

import time
from dataclasses import dataclass, field

from streams.chunks import Ledger, TopicPartition
from streams.watchdog import RECOVERY, Watchdog, marks

LOG, TABLE = TopicPartition("log", 0), TopicPartition("changelog", 0)


@dataclass
class Positions:
    """The part of a consumer that is asked: ends of what may be read, and where reading stands."""

    ends: dict[TopicPartition, int | None]
    at: dict[TopicPartition, int]

    def assignment(self) -> set[TopicPartition]:
        return set(self.ends)

    def highwater(self, tp: TopicPartition) -> int | None:
        return self.ends[tp]

    def is_changelog(self, tp: TopicPartition) -> bool:
        return tp == TABLE

    async def position(self, tp: TopicPartition) -> int:
        return self.at[tp]


@dataclass
class App:
    """The part of an app that is asked."""

    consumer: Positions
    rebalancing: bool = False
    rebalancing_count: int = 4
    ledger: Ledger = field(default_factory=Ledger)


async def test_all_read_and_settled() -> None:
    """A worker that has read to the end and settled all has nothing to be measured by, changelog aside."""
    app = App(Positions({LOG: 10, TABLE: 99}, {LOG: 10, TABLE: 0}))

    assert await marks(app, app.ledger) == {}


async def test_behind() -> None:
    """Records not fetched and chunks not settled are both looked at, each by where it stands."""
    app = App(Positions({LOG: 10}, {LOG: 7}))
    app.ledger.deliver(LOG, 7, 1)

    assert await marks(app, app.ledger) == {"log/0 settled": 7, "log/0 fetched": 7}


async def test_end_unknown() -> None:
    """Before the first fetch there is no end to be behind of."""
    app = App(Positions({LOG: None}, {LOG: 7}))

    assert await marks(app, app.ledger) == {}


async def test_rebalancing() -> None:
    """While partitions are recovered only the recovery itself counts, with a time of its own."""
    app = App(Positions({LOG: 10}, {LOG: 7}), rebalancing=True)

    assert await marks(app, app.ledger) == {RECOVERY: 4}


def test_a_worker_that_moves_lives() -> None:
    """Marks that move, and a loop that is heard of, give no reason to restart."""
    watchdog = Watchdog(stall_timeout_s=100.0, recovery_timeout_s=1_000.0)
    watchdog.start()
    now = time.monotonic()
    for second in range(90):
        watchdog.report({"log/0 settled": second}, now + second)

    assert watchdog.reason(now=now + 90) is None
    watchdog.close()


def test_what_stands_still_is_told_before_the_process_ends() -> None:
    """A mark that has not moved for half of the limit is named with its place; recovery has a limit of its own."""
    watchdog = Watchdog(stall_timeout_s=100.0, recovery_timeout_s=1_000.0)
    watchdog.start()
    now = time.monotonic()
    for second in range(0, 61, 20):
        watchdog.report({"log/0 settled": 7}, now + second)
    assert watchdog.reason(now=now + 45) is None
    assert watchdog.reason(now=now + 61) == "alive but not moving: log/0 settled at 7 for 61 s"
    assert watchdog.reason(part=1.0, now=now + 61) is None

    for second in range(62, 400, 20):
        watchdog.report({RECOVERY: 4}, now + second)

    assert watchdog.reason(now=now + 400) is None
    watchdog.close()


def test_a_blocked_loop_is_told() -> None:
    """A loop that was not heard of is told; before it is up it has as long as a recovery may take."""
    watchdog = Watchdog(stall_timeout_s=100.0, recovery_timeout_s=1_000.0)
    now = time.monotonic()
    assert watchdog.reason(now=now + 400) is None

    watchdog.start()

    assert "event loop is blocked" in str(watchdog.reason(now=now + 400))
    watchdog.close()
