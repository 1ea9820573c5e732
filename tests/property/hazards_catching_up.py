"""Hazards of a state that is lost, or whose log is another: what comes back, and what must wait meanwhile."""

from typing import Any

from msgspec.structs import replace

from streams.domain import catching_up
from streams.domain.catching_up import lift
from streams.domain.rows import LinkRow
from streams.domain.step import HANDLERS
from streams.domain.views import from_public
from tests.property import losses, promises
from tests.property.hazards import hazard
from tests.property.losses import lose_log, lose_state, read_back
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, organisation, quiet, shows
from tests.property.world import policy


def _handlers(**changes: Any) -> Any:
    return {kind: changes.get(kind.__name__, handler) for kind, handler in HANDLERS.items()}


def _ignored(fold: Any, body: Any) -> None:
    if body.what in {"over", "gate"}:
        catching_up.restore(fold, body)


@hazard(
    "B3",
    "streams/domain/catching_up.py:restore",
    "overwritten",
    {"streams.domain.step.HANDLERS": _handlers(Restore=_ignored)},
)
def state_lost_and_restored() -> None:
    """State lost while somebody edits: the rows come back from `links`, and the edit is an edit, not a first match."""
    world = linked()
    edit(world, HERE, city="agreed")
    world.settle()
    edit(world, THERE, City="edited while the state was lost")
    lose_state(world)
    read_back(world)
    world.settle()
    assert shows(world, HERE, "city") == "edited while the state was lost", (
        "an edit was overwritten as a first match"
    )
    assert not conflicts(world, "city")
    assert losses.state(world) is None
    quiet(world)
    promises.kept(world)
    promises.replayed(world)


def _at_once(fold: Any) -> None:
    now = fold.tenant.catching_up
    fold.tenant = replace(
        fold.tenant, catching_up=replace(now, told=0, scanned=tuple(catching_up.sources(fold.config)))
    )
    lift(fold)


@hazard(
    "T7",
    "streams/domain/catching_up.py:lift",
    "created|undid",
    {"streams.domain.catching_up.lift": _at_once},
)
def nothing_before_everything_is_back() -> None:
    """Until all rows are back and both systems were read whole once more, nothing is written, joined or created."""
    world = linked()
    edit(world, HERE, city="one")
    world.settle()
    edit(world, THERE, City="two")
    edit(world, HERE, phone="1")
    lose_state(world)
    before = world.writes()
    for _ in range(3):
        world.turn(1_000)
        world.tick(700_000)
    assert world.writes() == before, "written, or created, before the rows were back"
    read_back(world)
    world.settle()
    assert (shows(world, HERE, "city"), shows(world, THERE, "Phone")) == ("two", "1"), "undid an edit"
    assert len(world.apis[HERE].records) == len(world.apis[THERE].records) == 1, "created a second one"
    promises.kept(world)


@hazard(
    "T6",
    "streams/domain/catching_up.py:_sent_again",
    "for ever",
    {"streams.domain.catching_up._sent_again": lambda row: row},
)
def answers_lost_with_the_log() -> None:
    """The log is made anew while a create and an update have no answer yet: both are answered again, none is repeated."""
    world = linked()
    edit(world, HERE, city="two")
    organisation(world, HERE, 2)
    for _ in range(3):
        world.go(HERE)
        world.go(THERE)
    world.fold()
    while world.sinks[THERE].commands:
        world.request(THERE, said=False)
    lose_log(world)
    read_back(world)
    turns = 6
    for _ in range(turns):
        world.turn(1_000)
    assert not [row.id for row in world.links() if row.crm.flight], "a command waits for its answer for ever"
    world.settle()
    assert len(world.apis[THERE].records) == 2
    assert shows(world, THERE, "City") == "two"
    promises.kept(world)


@hazard(
    "T8",
    "streams/domain/catching_up.py:_unlinked",
    "for ever|lost",
    {"streams.domain.catching_up._unlinked": lambda _fold, _body: None},
)
def waiting_in_another_log() -> None:
    """Who waited behind the barrier of a log that is no more waits in the new one, and only for its next rounds."""
    world = linked()
    for _ in range(50):
        world.turn(1_000)
    organisation(world, HERE, 2)
    world.poll(HERE)
    world.intake(HERE)
    world.fold()
    lose_log(world)
    read_back(world)
    for _ in range(6):
        world.turn(1_000)
    assert len(world.apis[THERE].records) == 2, "a record waits for ever for a round of another log"
    world.settle()
    promises.kept(world)


@hazard(
    "A10b",
    "streams/domain/catching_up.py:restore",
    "though a person had paused",
    {
        "streams.domain.step.HANDLERS": _handlers(
            Restore=lambda fold, body: None if body.what == "gate" else catching_up.restore(fold, body)
        )
    },
)
def paused_before_the_loss() -> None:
    """What a person had closed is closed when the state is back."""
    world = linked()
    world.decide("pause", flow="customer", direction="to-crm")
    lose_state(world)
    edit(world, HERE, city="two")
    read_back(world)
    world.settle()
    assert shows(world, THERE, "City") is None, "written though a person had paused it"
    world.decide("resume", flow="customer", direction="to-crm")
    world.settle()
    assert shows(world, THERE, "City") == "two"


def _forgotten(_flow: Any, row: LinkRow, _system: str, _known: Any) -> LinkRow:
    return row


@hazard(
    "T7c",
    "streams/domain/observe.py:recall",
    "lost",
    {"streams.domain.catching_up.recall": _forgotten},
)
def seen_before_its_link_is_back() -> None:
    """An edit that intake brings before the link of its record is read back is not lost: nobody brings it again."""
    world = linked()
    lose_state(world)
    noted = losses.heads(world)
    edit(world, THERE, City="meanwhile")
    world.go(THERE)
    read_back(world, noted)
    world.settle()
    assert shows(world, HERE, "city") == "meanwhile", "an edit seen before its link was back is lost"
    promises.kept(world)


def _as_published(fold: Any, body: Any) -> LinkRow:
    return replace(back(fold, body), conflicts=from_public(body.row["row"]).conflicts)


back = catching_up._linked


@hazard(
    "T7b",
    "streams/domain/catching_up.py:_linked",
    "is not listed",
    {"streams.domain.catching_up._linked": _as_published},
)
def open_conflicts_are_listed_anew() -> None:
    """A conflict that waits for a person is listed again when the list was lost with the state."""
    world = linked(flows=policy(conflict="manual"))
    edit(world, HERE, city="here")
    edit(world, THERE, City="there")
    world.settle()
    lose_state(world)
    world.conflicts.clear()
    read_back(world)
    world.settle()
    assert conflicts(world, "city") == ["open"], "an open conflict is not listed any more"
    world.decide("conflicts.resolve", id=world.conflicts[0].id, take="crm")
    world.settle()
    assert shows(world, HERE, "city") == "there"
