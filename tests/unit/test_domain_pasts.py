"""A replica that lags behind answers the sink: the domain knows more already, and what it knows stays."""

import pytest
from msgspec.structs import replace

from schemas.records import Result
from tests.property.promises import kept
from tests.property.scenes import HERE, THERE, edit, linked, quiet, shows
from tests.property.world import SYSTEMS, World

FIELD = {HERE: "city", THERE: "City"}


def _written_and_seen(far: str) -> tuple[World, Result]:
    """Two edits of one property; ours goes over theirs, is not answered, and is seen there. Then a past is looked at."""
    near = THERE if far == HERE else HERE
    world, name = linked(), "1" if far == HERE else "c1"
    edit(world, near, **{FIELD[near]: "blue"})
    world.go(near)
    (command,) = world.sinks[far].commands
    edit(world, far, **{FIELD[far]: "red"})
    world.go(far)
    api = world.apis[far]
    past = (api.image(name), api.stamps[name])
    edit(world, far, **{FIELD[far]: "blue"})  # as our write does, whatever its version
    world.sinks[far].commands.clear()
    world.go(far)
    image, stamp = past
    ref = api.ref(name)
    answer = Result(
        command.id, command.tenant, command.link_id, far, command.revision, "stale", world.tick(),
        ref=ref, image=image, updated_at=stamp, wrote=True,
    )  # fmt: skip
    return world, answer


@pytest.mark.parametrize("far", SYSTEMS)
def test_a_past_that_the_sink_was_shown_undoes_nothing(far: str) -> None:
    """Nobody would ever read the present again, which has been told: both sides show the same."""
    world, answer = _written_and_seen(far)
    world.append(answer)
    world.fold()
    world.settle()

    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "blue"
    kept(world)
    quiet(world)


@pytest.mark.parametrize("far", SYSTEMS)
def test_what_the_sink_was_shown_last_counts(far: str) -> None:
    """A look with a later stamp than all that was observed is what stands there."""
    world, answer = _written_and_seen(far)
    edit(world, far, **{FIELD[far]: "green"})
    name = "1" if far == HERE else "c1"
    api = world.apis[far]
    world.append(replace(answer, image=api.image(name), updated_at=api.stamps[name], read_at=world.tick()))
    world.fold()
    world.settle()

    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "green"
