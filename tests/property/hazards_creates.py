"""Hazards of creates: twins, clones, echoes of our own, and what stands there already."""

from typing import Any

from msgspec.structs import replace

from connectors import sink_rules
from schemas.records import Result
from streams.domain import index
from streams.domain.fold import Fold
from streams.domain.rows import RefRow
from tests.property import promises
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation, partner, shows


def _no_create_known(_fold: Any, _flow: Any, _row: Any, _reach: int) -> str:
    return ""


def _forgetful(name: str, value: Any) -> Any:
    """An API that keeps no cross-reference and no number, and spells names its own way."""
    return None if name in {"ExternalId", "CustomerNumber"} else value.upper() if name == "Name" else value


@hazard(
    "A16",
    "streams/domain/barrier.py:_pending",
    "twice",
    {"streams.domain.barrier._pending": _no_create_known},
)
def own_create_that_nothing_names() -> None:
    """A create whose answer is still out is waited for: its record may look like nothing we know."""
    world = empty()
    world.apis[THERE].normalise = _forgetful
    organisation(world, HERE, 1)
    for _ in range(3):
        world.go(HERE)
        world.go(THERE)
    answers: list[Result] = []
    while not answers:
        answers = world.sinks[THERE].step(world.tick())
    for _ in range(3):
        world.go(THERE)
        world.go(HERE)
    for answer in answers:
        world.append(answer)
    world.settle()
    assert len(world.apis[HERE].records) == 1, (
        "one organisation was made twice: its echo was taken for a new one"
    )


def _any_open(_fold: Any, _ref: str, _asker: str) -> bool:
    return True


def _adopt(fold: Fold, _flow: Any, row: RefRow, candidate: str, _by: str) -> None:
    link = fold.link_of(candidate)
    if link is not None:
        fold.put_ref(replace(row, state="linked", link_id=link.id))


@hazard(
    "B5",
    "streams/domain/slots.py:fill",
    "clone",
    {"streams.domain.matching._open": _any_open, "streams.domain.barrier.join": _adopt},
)
def clone_with_its_cross_reference() -> None:
    """A record cloned with its cross-reference feeds nobody's link."""
    world = linked()
    world.apis[THERE].unique_xref = False
    clone = world.apis[THERE].clone(world.tick(), "c1")
    world.apis[THERE].patch(world.tick(), clone, {"CustomerNumber": None, "Name": "Another"})
    world.settle()
    edit(world, THERE, clone, City="of the clone")
    world.settle()
    assert shows(world, HERE, "city") is None, "a clone has fed the original's link"


def _post(now: Any) -> Any:
    return sink_rules.Finish("done", now.answered) if now.answered is not None else sink_rules.Post()


@hazard("B6", "connectors/sink_rules.py:_create", "twice", {"connectors.sink_rules._create": _post})
def create_looks_first() -> None:
    """Every create looks first: a record the user has just made there is taken, not doubled."""
    world = empty()
    organisation(world, HERE, 1)
    for _ in range(2):
        world.go(HERE)
        world.go(THERE)
    organisation(world, THERE, 1)
    world.settle()
    assert len(world.apis[THERE].records) == 1, "the organisation stands there twice"
    promises.single(world)


_of_link = index.of_link


def _one_sided_unseen(config: Any, row: Any) -> Any:
    hidden = (b"|x:rule|", b"|x:xref|")
    return (entry for entry in _of_link(config, row) if not any(part in entry[0] for part in hidden))


@hazard("N2", "streams/domain/index.py:of_link", "twice", {"streams.domain.index.of_link": _one_sided_unseen})
def held_links_are_candidates() -> None:
    """What is held at the gate is still a candidate: the same organisation typed there meanwhile is joined."""
    world = empty(gate="held")
    organisation(world, HERE, 1)
    world.settle()
    organisation(world, THERE, 1)
    world.settle()
    world.decide("gate.approve", flow="customer")
    world.settle()
    assert len(world.apis[THERE].records) == 1, "the organisation stands there twice"
    assert len(world.apis[HERE].records) == 1, "the organisation stands here twice"


def _no_barrier(fold: Fold, _flow: Any) -> int:
    return fold.offset + 1


def _straight(now: Any) -> Any:
    return _post(now)


@hazard(
    "N4",
    "streams/domain/rounds.py:horizon",
    "twice",
    {"streams.domain.rounds.horizon": _no_barrier, "connectors.sink_rules._create": _straight},
)
def twins_of_one_round() -> None:
    """Twins born on both sides in the same round become one link: both sides are read once more first."""
    world = empty()
    organisation(world, HERE, 1)
    organisation(world, THERE, 1)
    world.go(HERE)
    world.turn()
    world.settle()
    assert len(world.apis[THERE].records) == 1, "the twins stand there twice"
    assert len(world.apis[HERE].records) == 1, "the twins stand here twice"


def _free(_fold: Any, _ref: str, _link_id: str) -> bool:
    return True


@hazard("N11", "streams/domain/slots.py:is_free", "two links", {"streams.domain.slots.is_free": _free})
def found_record_is_taken() -> None:
    """A record that a create's look-up finds is taken only if it stands in no link."""
    world = linked()
    organisation(world, HERE, 1)
    world.settle()
    promises.single(world)
    assert partner(world, f"{HERE}:customer:2") == f"{THERE}:customer:c2"
