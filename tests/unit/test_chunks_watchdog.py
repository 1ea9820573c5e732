"""What the watchdog is told to look at."""

from dataclasses import dataclass, field

from streams.chunks import Ledger, TopicPartition
from streams.watchdog import RECOVERY, marks

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
