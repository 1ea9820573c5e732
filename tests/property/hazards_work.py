"""Hazards of work that waits, is repeated, is too much at once, or must not be done."""

from typing import Any

from msgspec.structs import replace

from connectors import sink_rules
from streams.domain import links, queue, results, rounds, work
from streams.domain.fold import Fold
from streams.domain.index import parents
from streams.domain.rows import LinkRow, side_of, with_side
from streams.domain.step import HANDLERS
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation, quiet, shows
from tests.property.world import World


def _ignored(_fold: Any, _body: Any) -> None:
    return None


def _handlers(**changes: Any) -> Any:
    return {kind: changes.get(kind.__name__, handler) for kind, handler in HANDLERS.items()}


def _blocks(fold: Fold, flow: Any, row: LinkRow) -> LinkRow:
    named = {ref for found in parents(fold.config, row).values() for ref in found.values()}
    both = [fold.link_of(ref) for ref in named]
    if any(one is None or None in (one.invoiced.ref, one.crm.ref) for one in both):
        return replace(row, waiting="its parent is not linked yet")
    return one_sided(fold, flow, row)


one_sided = links._one_sided


@hazard("B10", "streams/domain/commands.py:render", "for ever", {"streams.domain.links._one_sided": _blocks})
def parents_in_a_circle() -> None:
    """Two organisations that are each other's parent are made, and then pointed at each other."""
    world = empty()
    organisation(world, HERE, 1)
    organisation(world, HERE, 2, parent_customer=1)
    edit(world, HERE, parent_customer=2)
    world.settle()
    assert len(world.apis[THERE].records) == 2, "each waits for the other for ever"
    parents = {name: record["ParentId"] for name, record in world.apis[THERE].records.items()}
    assert parents == {"c1": "c2", "c2": "c1"}
    quiet(world)


@hazard(
    "4.8",
    "streams/domain/breakers.py:admit",
    "nobody",
    {"streams.domain.breakers.admit": lambda _f, row, *_: (row, "")},
)
def too_many_at_once() -> None:
    """Too many changes one way in a short time close that direction until a person has looked."""
    world = empty(change_links=3, change_share=0.2)
    for number in range(1, 11):
        organisation(world, HERE, number)
    world.settle()
    world.tick(700_000)
    for number in range(1, 8):
        edit(world, HERE, str(number), city="a mistake")
    world.settle()
    changed = [record for record in world.apis[THERE].records.values() if record["City"] is not None]
    assert len(changed) <= 3, f"{len(changed)} of 10 records were changed, and nobody was asked"
    world.decide("breaker.approve", flow="customer")
    world.settle()
    assert all(world.apis[THERE].records[f"c{number}"]["City"] for number in range(1, 8))


def _all_at_once(fold: Fold) -> None:
    while fold.tenant.queue:
        work._task(fold, fold.tenant.queue[0], 1_000_000)


@hazard("T4", "streams/domain/work.py:run", "rows", {"streams.domain.work.run": _all_at_once})
def one_event_frees_everything() -> None:
    """What one event frees is worked in bites: no event touches more records than it may."""
    world = World(replace(empty().config, work=10))
    for number in range(1, 61):
        organisation(world, HERE, number)
    world.settle()
    assert len(world.apis[THERE].records) == 60
    assert world.most <= 10 * 6, f"one event looked at {world.most} rows"


def _in_flight_still(fold: Fold, _flow: Any, row: LinkRow, flight: Any, result: Any) -> LinkRow:
    side = replace(side_of(row, result.system), flight=replace(flight, sent_at=fold.now))
    return with_side(row, result.system, side)


@hazard(
    "T5",
    "streams/domain/results.py:later",
    "blocked",
    {"streams.domain.results.OUTCOMES": {**results.OUTCOMES, "retry_at": _in_flight_still}},
)
def one_failing_create() -> None:
    """A create that fails for an hour blocks nobody else's first sight."""
    world = empty()
    organisation(world, HERE, 1)
    for _ in range(4):
        world.go(HERE)
        world.go(THERE)
        world.sink(THERE, "end_dropped")
    organisation(world, THERE, 2)
    for _ in range(4):
        world.go(HERE)
        world.go(THERE)
        world.sink_all(HERE)
        world.sink(THERE, "end_dropped")
        world.tick(2_000)
    assert len(world.apis[HERE].records) == 2, "another organisation is blocked by a failing create"


def _open(command: Any, memory: Any, *, open_: bool) -> Any:
    return begin(command, memory, open_=True)


begin = sink_rules.begin


@hazard("T15", "streams/domain/holds.py:gate", "while paused", {"connectors.sink_rules.begin": _open})
def paused_with_commands_under_way() -> None:
    """A command that stands in the topic when its direction is paused is not carried out; the wish is computed anew."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    world.decide("pause", flow="customer", direction="to-crm")
    world.settle()
    assert shows(world, THERE, "City") is None, "written while paused"
    edit(world, HERE, city="three")
    world.settle()
    world.decide("resume", flow="customer", direction="to-crm")
    world.settle()
    assert [values.get("City") for _, _, values in world.apis[THERE].writes if "City" in values] == ["three"]


@hazard(
    "T18",
    "streams/domain/identity.py:unreadable",
    "nobody",
    {"streams.domain.step.HANDLERS": _handlers(Unreadable=_ignored)},
)
def unreadable_is_listed() -> None:
    """A record nobody can read is listed with its cause, and the round passes without it."""
    world = empty()
    world.append(world.pollers[HERE].unreadable("7"))
    world.settle()
    row = world.refs().get(f"{HERE}:customer:7")
    assert row is not None, "nobody knows of the record that cannot be read"
    assert row.state == "unreadable"
    assert row.cause


@hazard(
    "T18b",
    "streams/domain/links.py:converge",
    "nobody is told",
    {"streams.domain.links._unread": lambda _row: ""},
)
def unreadable_stays_listed() -> None:
    """A linked record that nobody can read stays listed, however often its link is computed anew, until it can be read."""
    world = linked()
    world.append(world.pollers[HERE].unreadable("1"))
    world.nudge(world.links()[0].id)
    world.settle()
    listed = world.link(f"{HERE}:customer:1").waiting
    assert "cannot be read" in listed, "a record cannot be read, and nobody is told any more"
    edit(world, HERE, city="readable")
    world.settle()
    assert world.link(f"{HERE}:customer:1").waiting == ""
    assert shows(world, THERE, "City") == "readable"


def _at_any_time(fold: Fold, flow: Any) -> None:
    reach = rounds.horizon(fold, flow)
    first = fold.entries("barrier", flow.name, limit=1)
    if reach >= 0 and first and rounds.since(first[0]) < reach:
        queue.push(fold, ("decide", flow.name, reach, -1, ""))


@hazard("S3", "streams/domain/rounds.py:schedule", "spins", {"streams.domain.rounds.schedule": _at_any_time})
def waiting_does_not_spin() -> None:
    """Who must wait is weighed once a round: the log does not spin on `continue` meanwhile."""
    world = empty()
    organisation(world, HERE, 1)
    for _ in range(3):
        world.go(HERE)
        world.go(THERE)
    organisation(world, THERE, 2)
    for _ in range(3):
        world.go(THERE)
        world.go(HERE)
    world.settle()
    assert len(world.apis[HERE].records) == 2
