"""An API tidies up what we send, the answer is lost, and somebody edits another property there: ours stays ours."""

import pytest

from tests.property.apis import normalising
from tests.property.promises import kept, replayed
from tests.property.scenes import HERE, THERE, edit, linked, shows
from tests.property.world import SYSTEMS

FIELD = {HERE: "city", THERE: "City"}
BESIDE = {HERE: {"phone": "8"}, THERE: {"Phone": "8"}}


@pytest.mark.parametrize("mode", ["die_after", "end_lost"])
@pytest.mark.parametrize("far", SYSTEMS)
@pytest.mark.parametrize("how", ["upper", "truncate:5"])
def test_a_tidied_value_is_nobodys_edit(how: str, far: str, mode: str) -> None:
    """Whoever comes after a killed connector finds a record edited since: what the API made of our value is no edit."""
    near = THERE if far == HERE else HERE
    world = linked()
    world.apis[far].normalise = normalising(**{FIELD[far]: how})
    edit(world, near, **{FIELD[near]: "golden ages"})
    world.go(near)
    world.sink(far, mode)
    edit(world, far, **BESIDE[far])
    world.settle()

    assert shows(world, near, FIELD[near]) == "golden ages"
    assert (shows(world, HERE, "phone"), shows(world, THERE, "Phone")) == ("8", "8")
    kept(world)
    replayed(world)
