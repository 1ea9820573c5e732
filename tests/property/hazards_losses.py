"""Hazards of what is lost or not known yet: tables, Kafka as a whole, gates, and who wakes what waits."""

from typing import Any

from msgspec.structs import replace

from connectors import sink_rules
from streams.domain import links, queue
from streams.domain.fold import Fold
from streams.domain.rows import LinkRow
from streams.domain.step import step
from tests.property.hazards import hazard
from tests.property.rows import Rows
from tests.property.scenes import (
    HERE,
    THERE,
    anew,
    conflicts,
    edit,
    empty,
    linked,
    organisation,
    quiet,
    shows,
)

begin = sink_rules.begin
push = queue.push
one_sided = links._one_sided


def _unwoken(fold: Fold, task: queue.Task) -> None:
    if task[0] != "list":
        push(fold, task)


@hazard("A9", "streams/domain/gates.py:turn", "nothing wakes", {"streams.domain.queue.push": _unwoken})
def opened_gate_wakes_what_it_held() -> None:
    """What a gate held is computed anew when it opens, though no record of it has changed."""
    world = empty(gate="held")
    organisation(world, HERE, 1)
    world.settle()
    assert not world.apis[THERE].records
    world.decide("gate.approve", flow="customer")
    world.settle()
    assert len(world.apis[THERE].records) == 1, "the gate is open, and nothing wakes what it held"


def _open(command: Any, memory: Any, *, open_: bool) -> Any:
    return begin(command, memory, open_=True)


@hazard("A10", "connectors/sink_rules.py:begin", "nobody knew", {"connectors.sink_rules.begin": _open})
def control_not_read_yet() -> None:
    """A connector that has not read `control` yet writes nothing: unknown is closed."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    known, world.control = world.control, {}
    world.sink_all(THERE)
    assert shows(world, THERE, "City") is None, "written while nobody knew whether the gate was open"
    world.control = {**known, **world.control}
    world.settle()
    assert shows(world, THERE, "City") == "two"


@hazard(
    "A17",
    "streams/domain/work.py:due",
    "nobody has sent it",
    {"streams.domain.work.due": lambda _fold: None},
)
def row_kept_and_command_lost() -> None:
    """Were a row kept and its outputs lost, the row knows what is in flight, and sends it again."""
    world = linked()
    edit(world, HERE, city="two")
    world.poll(HERE)
    world.intake(HERE)
    while world.folded < len(world.log):
        world.rows.apply(step(world.rows, world.log[world.folded], world.config))
        world.folded += 1
    assert world.links()[0].crm.flight is not None
    for _ in range(4):
        world.turn(400_000)
    assert shows(world, THERE, "City") == "two", "the row says it is under way, and nobody has sent it"


def _ungated(_fold: Fold, _flow: str, _system: str) -> str:
    return ""


@hazard(
    "B4",
    "streams/domain/holds.py:gate",
    "overwritten",
    {"streams.domain.holds.gate": _ungated, "connectors.sink_rules.begin": _open},
)
def kafka_lost_and_edited_meanwhile() -> None:
    """Kafka lost: linked again like a first run, nothing doubled; what differs is listed and held, not overwritten."""
    before = linked()
    edit(before, HERE, city="agreed")
    before.settle()
    edit(before, HERE, city="two")
    edit(before, THERE, City="nine")
    world = anew(before, gate="held")
    writes = world.writes()
    world.settle()
    assert world.writes() == writes, "an edit was overwritten before anybody had looked"
    assert conflicts(world, "city") == ["invoiced"]
    world.decide("gate.approve", flow="customer")
    world.settle()
    assert [len(api.records) for api in world.apis.values()] == [1, 1]
    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "two"
    quiet(world)


def _missing_is_catching_up(fold: Fold, flow: Any, row: LinkRow) -> LinkRow:
    """A row that was not there, or was so before, only stores what it sees."""
    known = fold.link(row.id)
    if known is None or known.waiting == "catching up":
        return replace(row, waiting="catching up")
    return one_sided(fold, flow, row)


@hazard(
    "N1",
    "streams/domain/links.py:_one_sided",
    "for ever",
    {"streams.domain.links._one_sided": _missing_is_catching_up},
)
def new_link_is_no_lost_one() -> None:
    """A new link's row is missing, too: that is no loss, and it is worked at once."""
    world = linked()
    organisation(world, HERE, 2)
    world.settle()
    assert len(world.apis[THERE].records) == 2, "a new link waits for ever, as if its row had been lost"


@hazard(
    "N7",
    "streams/domain/commands.py:_revision",
    "never carried out|settle",
    {"streams.domain.commands._revision": lambda side, _now: side.revision + 1},
)
def revisions_rise_after_a_loss() -> None:
    """Tables lost, the sinks' memory kept: revisions are above all earlier ones, so new commands are carried out."""
    world = linked()
    for city in ("one", "two"):
        edit(world, HERE, city=city)
        world.settle()
    world.rows = Rows()
    world.forwarded = dict.fromkeys(world.forwarded, 0)
    world.settle()
    edit(world, HERE, city="three")
    world.settle()
    assert shows(world, THERE, "City") == "three", "a command after the loss was never carried out"
    quiet(world)
