"""Hazards of repetition: state lost, chunks folded twice, commands replayed or sent again and again."""

import itertools
from typing import Any

from msgspec.structs import replace

from connectors import sink_rules
from streams.domain.index import XREF_KEPT
from streams.domain.rows import LinkRow, side_of, with_side
from streams.domain.step import HANDLERS, step
from tests.property import promises
from tests.property.apis import XREF
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, organisation, quiet, shows


def _ignored(_fold: Any, _body: Any) -> None:
    return None


def _handlers(**changes: Any) -> Any:
    return {kind: changes.get(kind.__name__, handler) for kind, handler in HANDLERS.items()}


def _forgotten(_fold: Any, row: LinkRow, result: Any, *_: Any) -> LinkRow:
    return with_side(row, result.system, replace(side_of(row, result.system), flight=None))


@hazard(
    "B8",
    "streams/domain/results.py:_park",
    "again and again|settle",
    {"streams.domain.results._park": _forgotten},
)
def parked_is_a_state_of_the_row() -> None:
    """A refused record is parked in its row: it is not sent again until it changes, and then only as it is now."""
    world = linked()
    world.apis[THERE].refuse_all = True
    edit(world, HERE, city="one")
    world.settle()
    for _ in range(3):
        world.nudge(world.links()[0].id)
        world.turn()
    sent = len(world.sinks[THERE].all)
    edit(world, HERE, city="two")
    world.settle()
    assert len(world.sinks[THERE].all) == sent + 1 == 3, "a refused record was sent again and again"
    world.apis[THERE].refuse_all = False
    world.decide("parked.replay", all=True)
    world.settle()
    assert shows(world, THERE, "City") == "two"


serial = itertools.count()


def _random(link: str, system: str, revision: int, _content: str) -> str:
    return f"{link}{system}{revision}{next(serial)}"


@hazard("N5", "streams/domain/keys.py:command_id", "other bytes", {"streams.domain.keys.command_id": _random})
def folded_twice() -> None:
    """A chunk that is folded again gives the same rows and the same commands, to the byte."""
    world = linked()
    edit(world, HERE, city="two")
    world.poll(HERE)
    world.intake(HERE)
    while world.folded < len(world.log):
        event = world.log[world.folded]
        assert step(world.rows, event, world.config) == step(world.rows, event, world.config), "other bytes"
        world.fold(1)


def _go(*_: Any, open_: bool) -> str:
    return "go"


@hazard(
    "T2",
    "connectors/sink_rules.py:begin",
    "replaying",
    {"connectors.sink_rules.begin": _go, "tests.property.sinks.TIES": False},
)
def commands_replayed() -> None:
    """Replaying all commands writes nothing: none is carried out below its link's last revision."""
    world = linked()
    for city in ("one", "two", "three"):
        edit(world, HERE, city=city)
        world.settle()
    promises.replayed(world)


begin = sink_rules.begin


@hazard("T20", "streams/domain/work.py:due", "never came", {"streams.domain.work.due": lambda _fold: None})
def a_result_that_never_comes() -> None:
    """A command whose result never comes is sent again after ten minutes of the log's own time, with the same id."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    world.request(THERE, said=False)
    for _ in range(4):
        world.turn(400_000)
    sent = [command.id for command in world.sinks[THERE].all if "City" in command.changed]
    assert len(sent) == 2, "a result that never came is waited for still"
    assert len(set(sent)) == 1
    assert world.links()[0].crm.flight is None


def _as_before(refused: Any, *_: Any) -> Any:
    return refused


@hazard(
    "S4", "streams/domain/settling.py:reference", "settle", {"streams.domain.settling.reference": _as_before}
)
def cross_reference_is_not_kept() -> None:
    """A system that keeps no cross-reference is not written one again and again."""
    world = linked()
    world.apis[THERE].normalise = lambda name, value: None if name == XREF[THERE] else value
    organisation(world, HERE, 2)
    quiet(world)
    assert not conflicts(world, "name")
    assert XREF_KEPT in world.link(f"{HERE}:customer:2").crm.refused
