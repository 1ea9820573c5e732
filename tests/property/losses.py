"""What is lost of a world's Kafka, and how the ops task reads it back: the real entries, appended by hand."""

import json

from schemas.records import LogEnd, Position
from streams.domain import recalled
from streams.domain.catching_up import begin
from streams.domain.tenant_row import CatchingUp, decode_tenant
from tests.property.outlets import deliver
from tests.property.rows import Rows
from tests.property.world import SYSTEMS, World


def state(world: World) -> CatchingUp | None:
    """Catching up, while it is on."""
    return decode_tenant(world.rows.data[f"{world.config.tenant}|control|tenant".encode()]).catching_up


def lose_state(world: World) -> None:
    """Tables and changelog are gone, and what was not folded yet; the public topics are there."""
    world.rows, world.folded = Rows(), len(world.log)
    _begin(world, "state lost")


def lose_log(world: World) -> None:
    """`sync.in` is made anew: its offsets begin at 0, and what stood in it is gone."""
    world.log, world.folded = [], 0
    _begin(world, "topic replaced")


def _begin(world: World, gap: str) -> None:
    effects = begin(world.rows, world.config, gap, world.tick(), (f"log at {world.now}", world.folded))
    world.rows.apply(effects)
    deliver(world, effects)


def heads(world: World) -> dict[str, int]:
    """Where the change topics end now."""
    return {system: len(world.pollers[system].topic) for system in SYSTEMS}


def read_back(world: World, noted: dict[str, int] | None = None) -> None:
    """The ops task: gates, `links`, `unlinked`, the latest changes of the public topics, and that this was all.

    `noted`: where it found the change topics to end when it began; what came later is intake's.
    """
    now = state(world)
    assert now is not None
    noted = noted or heads(world)
    ends = [LogEnd(f"{s}.customer", s, 0, noted[s]) for s in SYSTEMS]
    gates = [recalled.gate(now.id, world.config.tenant, k, json.dumps(v)) for k, v in world.control.items()]
    for found in gates:
        if found is not None:
            world.append(found)
    for link in list(world.backup.values()):
        world.append(recalled.link(now.id, link))
    for record in list(world.alone.values()):
        world.append(recalled.unlinked(now.id, record))
    for system in SYSTEMS:
        topic = world.pollers[system].topic[: noted[system]]
        changes = {change.ref: change for change in topic if change is not None}
        for change in changes.values():
            world.append(change)
        at = noted[system]
        world.forwarded[system] = max(at, world.forwarded[system])
        world.append(Position(f"{system}.customer", system, 0, at))
    world.append(recalled.over(now.id, ends))
