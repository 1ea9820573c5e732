"""Hazards of identity: who is whom, who may be joined or created, and when."""

from typing import Any

from msgspec.structs import replace

from connectors import sink_rules
from streams.domain import barrier, identity, index
from streams.domain.fold import Fold
from streams.domain.matching import Match
from streams.domain.rows import RefRow
from tests.property import promises
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation, partner, quiet, shows
from tests.property.world import CONFIG, World

_unlinked, _of_link = identity._unlinked, index.of_link


def _first_image(fold: Fold, row: RefRow | None, body: Any) -> None:
    """Keeps what was seen first."""
    if row is None or row.state != "waiting":
        _unlinked(fold, row, body)


@hazard(
    "A6",
    "streams/domain/identity.py:_unlinked",
    "no longer",
    {"streams.domain.identity._unlinked": _first_image},
)
def latest_image_decides() -> None:
    """A record is matched by its latest image: a number corrected before the barrier joins nothing."""
    world = empty()
    organisation(world, THERE, 17)
    organisation(world, HERE, 17)
    world.poll(HERE)
    world.intake(HERE)
    edit(world, HERE, number="N71", name="Org 71")
    world.settle()
    assert partner(world, f"{HERE}:customer:1") != f"{THERE}:customer:c1", (
        "joined by a number it no longer has"
    )


def _at_once(fold: Fold, flow: Any, row: RefRow, rule: int, reach: int) -> None:
    """All rules for one record, then the next record."""
    for one in (rule, *range(len(flow.rules)), len(flow.rules)):
        fresh = fold.ref(row.ref)
        if fresh is not None and fresh.state == "waiting":
            weigh(fold, flow, fresh, one, reach)


weigh = barrier.weigh


@hazard("A7", "streams/domain/barrier.py:decide", "weaker rule", {"streams.domain.barrier.weigh": _at_once})
def rule_by_rule_over_all() -> None:
    """Each rule is worked to its end before the next: a weaker rule takes nobody's better partner."""
    world = World()
    world.apis[THERE].create(world.tick(), {"Name": "By mail", "Email": "a@b.example"})
    organisation(world, HERE, 17, email="a@b.example")
    organisation(world, THERE, 17)
    world.poll(THERE)
    world.intake(THERE)
    world.settle()
    assert partner(world, f"{HERE}:customer:1") == f"{THERE}:customer:c2", "a weaker rule took the partner"


def _incomplete(fold: Fold, flow: Any) -> int:
    passed = fold.tenant.passed
    if len(passed) < 2:
        return -1
    return min(max(int(offset) for offset, _ in rounds) for rounds in passed.values())


@hazard(
    "A8", "streams/domain/rounds.py:horizon", "page later", {"streams.domain.rounds.horizon": _incomplete}
)
def nothing_joins_before_both_backfills() -> None:
    """Nothing is joined while a backfill is under way: the better partner may come a page later."""
    world = World()
    organisation(world, HERE, 17, email="a@b.example")
    world.apis[THERE].create(world.tick(), {"Name": "By mail", "Email": "a@b.example"})
    organisation(world, THERE, 17)
    for _ in range(3):
        world.go(HERE)
        world.poll(THERE, limit=1)
        world.intake(THERE)
        world.fold()
    world.settle()
    assert partner(world, f"{HERE}:customer:1") == f"{THERE}:customer:c2", "the partner came a page later"


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
    answers = []
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


def _stale_entries(self: Fold, name: str, before: Any, after: Any) -> None:
    """Rule entries are only ever added."""
    first = self._keys(before)
    stored, old = self._entries.get(name, (first, first))
    now = self._keys(after) | {key for key in old if b"|x:rule|" in key}
    self._entries[name] = (stored, now)
    self.desk.move(old, now)


@hazard("B7", "streams/domain/fold.py:Fold", "handed on", {"streams.domain.fold.Fold._move": _stale_entries})
def number_handed_on() -> None:
    """A number handed on to another organisation matches that one: linked records leave the index."""
    world = linked()
    edit(world, HERE, number="N2", name="Org 2")
    world.settle()
    organisation(world, HERE, 1)
    organisation(world, THERE, 1)
    world.settle()
    found = partner(world, f"{HERE}:customer:2")
    assert found == f"{THERE}:customer:c2", f"the number handed on does not match its new owner, but {found}"


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


def _from_one(held: Any, _seen: Any) -> int:
    return 1 if held is None or held.op == "d" else held.version + 1


@hazard("N12", "connectors/observation.py:_version", "lost", {"connectors.observation._version": _from_one})
def born_again() -> None:
    """A record that is born again under its old id has a higher version than before, and is not ignored."""
    world = World(CONFIG)
    organisation(world, HERE, 1)
    world.go(HERE)
    record = dict(world.apis[HERE].records["1"])
    world.apis[HERE].destroy("1")
    world.go(HERE)
    world.go(HERE)
    world.apis[HERE].records["1"] = record
    world.settle()
    assert len(world.apis[THERE].records) == 1, "a record born again is lost"
    quiet(world)


def _first(rule: str, _verdict: str, theirs: list[str], _mine: list[str]) -> Match:
    return Match("join", tuple(theirs[:1]), rule)


@hazard("T9", "streams/domain/matching.py:weigh", "by a guess", {"streams.domain.matching.weigh": _first})
def two_claim_one_cross_reference() -> None:
    """Two unlinked records that name the same one are a person's to decide."""
    world = World()
    world.apis[THERE].unique_xref = False
    for name in ("Original", "Clone"):
        world.apis[THERE].create(world.tick(), {"Name": name, "ExternalId": f"sim:{HERE}:customer:1"})
    organisation(world, HERE, 1)
    world.settle()
    states = {ref: row.state for ref, row in world.refs().items()}
    assert states[f"{HERE}:customer:1"] == "review", "one of two claimants was taken by a guess"
