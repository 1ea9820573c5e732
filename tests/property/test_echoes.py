"""An unchanged record of a link at rest is only noted as seen: the long way would have come to the same."""

from typing import Any

from hypothesis import given
from msgspec.structs import replace

from schemas.records import Change, Event
from streams.domain import step as machine
from streams.domain.fold import Fold
from streams.domain.keys import ref_key
from streams.domain.links import converge
from streams.domain.observe import at_rest, newer, observe
from streams.domain.rows import LinkRow, Side, side_of
from tests.property.tellers import Teller
from tests.property.test_stories import plain, wild
from tests.property.world import World


class Twofold(World):
    """A world in which every echo is taken the long way too, beside the log."""

    def __init__(self) -> None:
        super().__init__()
        self.echoes = 0

    def fold(self, count: int | None = None) -> None:
        left = count if count is not None else 1_000_000
        while self.folded < len(self.log) and left > 0:
            event = self.log[self.folded]
            expected = self._long_way(event)
            super().fold(1)
            left -= 1
            if expected is not None:
                self.echoes += 1
                assert self._link(event) == expected

    def _link(self, event: Event) -> LinkRow | None:
        assert isinstance(event.body, Change)
        row = Fold(self.rows, self.config, event).link_of(event.body.ref)
        return None if row is None else timeless(row)

    def _long_way(self, event: Event) -> LinkRow | None:
        """The row as observing and converging would leave it; None for what is no echo."""
        body, fold = event.body, Fold(self.rows, self.config, event)
        row = fold.link_of(body.ref) if isinstance(body, Change) and body.op != "d" else None
        if row is None or not isinstance(body, Change):
            return None
        side = side_of(row, body.source.system)
        if body.ref != side.ref or not newer(side, body) or side.image != body.after or not at_rest(row):
            return None
        after = converge(fold, observe(self.config.flow(row.flow), row, body.source.system, body))
        assert {output.topic for output in fold.finish().outputs} <= {"links"}
        return timeless(after)


def timeless(row: LinkRow) -> LinkRow:
    """Without the times of edits: with nothing edited they say nothing."""

    def still(side: Side) -> Side:
        return replace(side, edited_at={}, edited_from={})

    return replace(row, invoiced=still(row.invoiced), crm=still(row.crm))


def settled() -> World:
    """Two records in step, one of them born in Invoiced and made in the CRM by us."""
    teller = Teller(Twofold())
    teller.born("invoiced", 0)
    teller.world.settle()
    return teller.world


@given(plain)
def test_any_echo_leaves_what_the_long_way_would_have_left(story: list[Any]) -> None:
    """Whatever happens: where a sight is taken as an echo, merging it changes nothing but when it was seen."""
    teller = Teller(Twofold())
    teller.born("twins", 0)
    teller.born("invoiced", 1)
    teller.tell(story)
    teller.world.settle()


@given(wild)
def test_any_echo_in_any_life_leaves_what_the_long_way_would_have_left(story: list[Any]) -> None:
    """The same with archives, deletes, clones, parents and changes of type."""
    teller = Teller(Twofold())
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.settle()
    teller.tell(story)
    teller.world.settle()


def test_the_stories_have_echoes() -> None:
    """What we created is read by the poller and taken as an echo, or the tests above would show nothing."""
    world = settled()
    assert isinstance(world, Twofold)
    assert world.echoes > 0


def test_an_echo_writes_one_small_row_and_tells_nobody() -> None:
    """No link row is written and nothing published; the version is remembered all the same."""
    world = settled()
    (row,) = world.links()
    last = next(
        one for one in reversed(world.log) if isinstance(one.body, Change) and one.body.ref == row.crm.ref
    )
    assert isinstance(last.body, Change)
    later = replace(last.body.source, read_at=world.now)
    seen = replace(last.body, version=world.now, source=later)
    event = replace(last, id="later", body=seen, at=world.now, offset=len(world.log))
    effects = machine.step(world.rows, event, world.config)
    assert list(effects.writes) == [ref_key(world.config.tenant, seen.ref)]
    assert effects.outputs == []
    world.rows.apply(effects)
    again = Fold(world.rows, world.config, event).link(row.id)
    assert again is not None
    assert (again.crm.version, again.crm.read_at) == (world.now, world.now)
    assert not newer(again.crm, seen)
