"""Hazards of identity: who is whom, who may be joined or created, and when."""

from typing import Any

from streams.domain import barrier, identity
from streams.domain.fold import Fold
from streams.domain.matching import Match
from streams.domain.rows import RefRow
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation, partner, quiet
from tests.property.world import CONFIG, World

_unlinked = identity._unlinked


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
