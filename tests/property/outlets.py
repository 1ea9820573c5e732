"""Where the fold's outputs go in the simulator: the log, the sinks, and what the compacted topics keep."""

import json
from typing import TYPE_CHECKING

from schemas.records import Command, Conflict, Continue, Control, Link, Unlinked
from streams.domain.view import Effects

if TYPE_CHECKING:
    from tests.property.world import World


def deliver(world: "World", effects: Effects) -> None:
    """Every output to whom it concerns."""
    for output in effects.outputs:
        record = output.record
        if isinstance(record, Continue):
            world.append(record)
        elif isinstance(record, Command):
            world.sinks[record.system].take(record)
        elif output.topic == "unlinked":
            world.alone.pop(output.key, None)
            if isinstance(record, Unlinked):
                world.alone[output.key] = record
        elif isinstance(record, Link):
            world.backup[record.link_id] = record
        elif isinstance(record, Conflict):
            world.conflicts.append(record)
        elif isinstance(record, Control):
            world.control[record.key] = json.loads(record.json)


def closed(world: "World") -> bool:
    """Whether sync has said that it is catching up: no sink writes then."""
    said = world.control.get(f"{world.config.tenant}|catching_up", {})
    return bool(said.get("state", "over") != "over")
