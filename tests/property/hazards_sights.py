"""Hazards of what is seen: not at all, not yet, not whole, once missing, or too much of it."""

from typing import Any

from msgspec.structs import replace

from connectors import sink_rules
from schemas.records import Result
from streams.domain import lenses, met, results
from streams.domain.matching import Match
from streams.domain.observe import vanish
from streams.domain.rows import LinkRow
from tests.property import promises
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation, partner, shows
from tests.property.world import World

get = lenses.get


def _absent_is_empty(prop: Any, system: str, image: Any) -> Any:
    found = get(prop, system, image)
    return None if found is lenses.UNKNOWN else found


@hazard("A11", "streams/domain/lenses.py:get", "cleared", {"streams.domain.lenses.get": _absent_is_empty})
def absent_is_not_cleared() -> None:
    """A property its writer did not know is unknown, not empty: nothing is cleared on the other side."""
    world = linked()
    edit(world, HERE, city="two")
    world.settle()
    known = world.pollers[HERE].shadow[f"{HERE}:customer:1"]
    older = {name: value for name, value in (known.after or {}).items() if name != "city"}
    source = replace(known.source, read_at=world.tick())
    world.append(replace(known, version=world.now, source=source, after={**older, "notes": "seen"}))
    world.settle()
    assert shows(world, THERE, "City") == "two", "what a reader did not know was cleared"
    assert shows(world, THERE, "Description") == "seen"


def _gone_at_once(fold: Any, flow: Any, row: LinkRow, _flight: Any, result: Result) -> LinkRow:
    return vanish(flow, row, result.system, 0, fold.now)


@hazard(
    "A13",
    "streams/domain/results.py:gone",
    "one 404",
    {"streams.domain.results.OUTCOMES": {**results.OUTCOMES, "gone": _gone_at_once}},
)
def missing_is_a_suspicion() -> None:
    """A record that answers 404 once is suspected to be gone, not archived on the other side."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    hidden = world.apis[THERE].records.pop("c1")
    world.sink(THERE)
    world.apis[THERE].records["c1"] = hidden
    world.settle()
    assert shows(world, HERE, "active") is True, "archived for one 404"
    assert shows(world, THERE, "City") == "two"


def _whatever_it_is(config: Any, *_: Any) -> Any:
    return config.flows[0]


@hazard(
    "B11",
    "streams/domain/owners.py:flow_of",
    "person",
    {"streams.domain.identity.flow_of": _whatever_it_is, "streams.domain.moves.flow_of": _whatever_it_is},
)
def organisation_becomes_a_person() -> None:
    """A record that no flow takes any more keeps its link, which waits for a person; nothing goes over meanwhile."""
    world = linked()
    edit(world, HERE, type="person")
    edit(world, HERE, city="two")
    world.settle()
    assert shows(world, THERE, "City") is None, "what a person is was written into an organisation"
    assert "belongs to flow none" in world.link(f"{HERE}:customer:1").review
    assert shows(world, THERE, "IsDeleted") is False
    edit(world, HERE, type="company")
    world.settle()
    assert partner(world, f"{HERE}:customer:1") == f"{THERE}:customer:c1"
    assert shows(world, THERE, "City") == "two"


def _keeps_no_keys(name: str, value: Any) -> Any:
    """An API that keeps a cross-reference, and makes name and number its own."""
    return None if name == "CustomerNumber" else f"The {value}" if name == "Name" else value


@hazard(
    "N3",
    "streams/domain/barrier.py:creating_for",
    "twice",
    {
        "streams.domain.barrier.creating_for": lambda _fold, _row: False,
        "streams.domain.barrier._pending": lambda *_: "",
        "streams.domain.matching.by_reference": lambda *_: Match("none"),
    },
)
def own_create_that_no_rule_knows() -> None:
    """The sink dies behind its create, and no rule knows the record: its cross-reference fills the place at once."""
    world = empty()
    world.apis[THERE].normalise = _keeps_no_keys
    organisation(world, HERE, 1)
    for _ in range(3):
        world.go(HERE)
        world.go(THERE)
    world.sink(THERE, "die_after")
    for _ in range(3):
        world.go(THERE)
        world.go(HERE)
    world.settle()
    assert len(world.apis[HERE].records) == 1, (
        "one organisation is there twice: its echo was taken for another"
    )
    promises.single(world)


def _post(now: Any) -> Any:
    return sink_rules.Finish("done", now.answered) if now.answered is not None else sink_rules.Post()


@hazard(
    "T3",
    "streams/domain/rounds.py:reached",
    "twice",
    {"streams.domain.rounds.reached": lambda _fold, _ends: True, "connectors.sink_rules._create": _post},
)
def round_that_nobody_has_folded() -> None:
    """A round counts once all it published stands in the log: until then nobody is new."""
    world = empty()
    organisation(world, HERE, 1)
    organisation(world, THERE, 1)
    world.go(HERE)
    for _ in range(2):
        world.poll(THERE)  # published, and intake is down
        world.go(HERE)
    world.sink_all(THERE)
    world.settle()
    assert len(world.apis[THERE].records) == 1, "the organisation stands there twice"


def _first_one(fold: Any, flow: Any, row: LinkRow, flight: Any, result: Result) -> LinkRow | None:
    return met.found(fold, flow, row, flight, replace(result, found=result.found[:1]))


def _created_beside(typed: int, *, listed: bool = True) -> World:
    """An organisation is about to be made, and users type the same one there meanwhile, so many times."""
    world = empty()
    organisation(world, HERE, 1)
    if not listed:
        organisation(world, THERE, 1)
    for _ in range(2):
        world.go(HERE)
        world.poll(THERE, limit=None if listed else 0)
        world.intake(THERE)
        world.fold()
    for _ in range(typed):
        organisation(world, THERE, 1)
    return world


@hazard(
    "T10",
    "streams/domain/met.py:found",
    "by a guess",
    {"streams.domain.results.OUTCOMES": {**results.OUTCOMES, "found": _first_one}},
)
def two_that_fit() -> None:
    """A create's look-up that finds two records decides nothing: a person does."""
    world = _created_beside(2)
    world.settle()
    assert partner(world, f"{HERE}:customer:1") is None, "one of two records was taken by a guess"
    assert "met" in world.link(f"{HERE}:customer:1").review
    assert len(world.apis[THERE].records) == 2


@hazard("T11", "connectors/sink_rules.py:_create", "twice", {"connectors.sink_rules._create": _post})
def list_that_leaves_one_out() -> None:
    """A round proves that a list was read, not that it showed everything: the first create looks first, too."""
    world = _created_beside(0, listed=False)
    world.settle()
    assert len(world.apis[THERE].records) == 1, "the organisation stands there twice"
    promises.single(world)
