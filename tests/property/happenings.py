"""Everything that can happen to a link: one axis of the table of states. The other is `lives.py`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from schemas.records import Outcome, Question, Result, Unreadable
from tests.property.apis import Rejected
from tests.property.lives import row_of
from tests.property.losses import lose_state, read_back
from tests.property.scenes import HERE, THERE, edit
from tests.property.witness import transitions, watched
from tests.property.world import SYSTEMS, World

Happening = Callable[[World], None]
NOBODY = "none"


def _first(world: World, system: str) -> str | None:
    return next(iter(world.apis[system].records), None)


def _name(world: World) -> str:
    return row_of(world).id if world.links() else NOBODY


def edited(world: World, system: str, values: Mapping[str, Any]) -> None:
    """A user edits the first record of a system, and it is polled."""
    name = _first(world, system)
    if name is not None:
        try:
            edit(world, system, name, **values)
        except Rejected:
            return
    world.go(system)


def destroyed(world: World, systems: tuple[str, ...]) -> None:
    """Records are gone for good, which takes two rounds to be sure of."""
    for system in systems:
        name = _first(world, system)
        if name is not None:
            world.apis[system].destroy(name)
        for _ in range(2):
            world.go(system)


def born_again(world: World, system: str) -> None:
    """The id of a record that is gone is used once more."""
    api, name = world.apis[system], "1" if system == HERE else "c1"
    if name not in api.records:
        try:
            again = api.create(world.tick(2_000), {"name" if system == HERE else "Name": "Org 1"})
        except Rejected:
            return
        api.records[name], api.stamps[name] = api.records.pop(again), api.stamps.pop(again)
        api.versions[name] = api.versions.pop(again)
    world.go(system)


def unreadable(world: World) -> None:
    world.append(Unreadable(HERE, "customer", "a number is no number", f"{HERE}:customer:1"))


def readable(world: World) -> None:
    """It can be read again, and shows what it showed before."""
    world.append(Unreadable(HERE, "customer", "", f"{HERE}:customer:1"))


def answered(world: World, outcome: Outcome) -> None:
    """The last command gets this answer, whether it still waits for one or not."""
    sent = [one for system in SYSTEMS for one in world.sinks[system].all]
    if not sent or not world.links():
        return
    last = max(sent, key=lambda one: one.revision)
    ref = last.ref or f"{last.system}:customer:c1"
    image = world.apis[last.system].records.get(ref.rpartition(":")[2])
    lost = {"city": "lost", "City": "lost"} if outcome == "overwritten" else {}
    world.append(
        Result(last.id, last.tenant, row_of(world).id, last.system, last.revision, outcome, world.now,
               ref=ref, image=image, previous=lost, verb=last.verb)
    )  # fmt: skip


def carried_out(world: World) -> None:
    for system in SYSTEMS:
        world.sink_all(system)


def decided(world: World, verb: str, args: Mapping[str, Any]) -> None:
    """A person decides; what the arguments leave open is about the first link."""
    row = _name(world)
    about = {"link_id": row, "id": f"{row}:to-crm", "a": f"{HERE}:customer:1"}
    about["b"] = f"{THERE}:customer:{_first(world, THERE)}"
    if verb == "conflicts.resolve":
        about["id"] = world.conflicts[-1].id if world.conflicts else NOBODY
    named = {key: value for key, value in about.items() if "flow" not in args}
    world.decide(verb, **{**named, **args})


def nudged(world: World) -> None:
    world.nudge(_name(world))


def restored(world: World) -> None:
    """The state is lost, and read back from the public topics."""
    seen = transitions(world)
    lose_state(world)
    watched(world)
    transitions(world).update(seen)
    read_back(world)


def restored_twice(world: World) -> None:
    """What is read back is delivered twice."""
    restored(world)
    for event in list(world.log[world.folded :]):
        world.append(event.body)


def asked(world: World) -> None:
    for what in ("status", "links", "plan", "parked"):
        world.append(Question(f"q{len(world.log)}", what))


def seen_gone_twice(world: World) -> None:
    """A record's end is told again, from another place of its topic."""
    destroyed(world, SYSTEMS)
    for system in SYSTEMS:
        held = world.pollers[system].shadow.values()
        for change in [one for one in held if one.op == "d"]:
            world.append(change)


def time_passes(world: World) -> None:
    for _ in range(3):
        world.turn(400_000)


def healed(world: World) -> None:
    """The API takes everything again, and time passes."""
    for api in world.apis.values():
        api.refuse_all = False
    time_passes(world)


def flows_changed(world: World) -> None:
    """Every row is walked under new flows, one after the other."""
    world.config = replace(world.config, version="2")
    time_passes(world)


EDITS: tuple[tuple[str, dict[str, Any]], ...] = (
    (HERE, {"city": "edited"}), (THERE, {"City": "edited"}), (HERE, {"type": "person"}), (HERE, {"type": "company"}),
    (HERE, {"active": False}), (HERE, {"active": True, "city": "back"}), (THERE, {"IsDeleted": True}),
    (THERE, {"IsDeleted": False}), (THERE, {"City": None}), (HERE, {"city": None}),
)  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = (
    "done", "stale", "refused", "gone", "held", "superseded", "retry_at", "unsupported", "found", "overwritten",
)  # fmt: skip
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("pause", {}), ("resume", {}), ("links.unlink", {}), ("parked.replay", {}), ("parked.discard", {}),
    ("gate.approve", {"flow": "customer"}), ("pause", {"flow": "customer"}), ("resume", {"flow": "customer"}),
    ("conflicts.resolve", {"take": HERE}), ("conflicts.resolve", {"take": THERE}), ("links.join", {}),
)  # fmt: skip
HAPPENINGS: tuple[Happening, ...] = (
    *(partial(edited, system=system, values=values) for system, values in EDITS),
    *(partial(destroyed, systems=systems) for systems in ((HERE,), (THERE,), SYSTEMS)),
    *(partial(born_again, system=system) for system in SYSTEMS),
    *(partial(answered, outcome=outcome) for outcome in OUTCOMES),
    *(partial(decided, verb=verb, args=args) for verb, args in VERBS),
    restored, restored_twice, unreadable, readable, carried_out, nudged, asked, seen_gone_twice, time_passes, healed, flows_changed,
)  # fmt: skip
