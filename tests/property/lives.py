"""Links in every state: one axis of the table of states. The other is `happenings.py`."""

from collections.abc import Callable

from schemas.records import Unreadable
from streams.domain.rows import LinkRow
from tests.property.scenes import HERE, THERE, edit, empty, linked, organisation
from tests.property.witness import watched
from tests.property.world import World

Scene = Callable[[], World]


def seen_alone(gate: str = "auto", **more: object) -> World:
    """An organisation on one side, decided upon, and no command carried out."""
    world = watched(empty(gate=gate))
    organisation(world, HERE, 1, **more)
    for _ in range(3):
        world.go(HERE)
        world.go(THERE)
    return world


def behind_the_barrier() -> World:
    world = watched(empty())
    organisation(world, HERE, 1)
    world.go(HERE)
    return world


def twins_behind_the_barrier() -> World:
    world = watched(empty())
    organisation(world, HERE, 1)
    organisation(world, THERE, 1)
    world.go(HERE)
    return world


def in_step() -> World:
    return watched(linked())


def in_flight() -> World:
    world = in_step()
    edit(world, HERE, city="two")
    world.go(HERE)
    return world


def in_conflict() -> World:
    world = in_step()
    edit(world, THERE, City="nine")
    edit(world, HERE, city="two")
    world.settle()
    return world


def archived_alone() -> World:
    return seen_alone(active=False)


def archived_alone_at_a_gate() -> World:
    return seen_alone(gate="held", active=False)


def unreadable_now() -> World:
    world = in_step()
    world.append(Unreadable(HERE, "customer", "a number is no number", f"{HERE}:customer:1"))
    world.fold()
    return world


def held_create() -> World:
    return seen_alone(gate="held")


def held_update() -> World:
    world = in_step()
    world.decide("pause", flow="customer")
    edit(world, HERE, city="two")
    world.settle()
    return world


def paused_link() -> World:
    world = in_step()
    world.decide("pause", link_id=row_of(world).id)
    edit(world, HERE, city="two")
    world.settle()
    return world


def parked_update() -> World:
    world = in_step()
    world.apis[THERE].refuse_all = True
    edit(world, HERE, city="two")
    world.settle()
    return world


def parked_create() -> World:
    world = watched(empty())
    world.apis[THERE].refuse_all = True
    organisation(world, HERE, 1)
    world.settle()
    return world


def of_no_flow() -> World:
    world = in_step()
    edit(world, HERE, type="person")
    world.settle()
    return world


def met_two() -> World:
    world = seen_alone()
    for _ in range(2):
        organisation(world, THERE, 1)
    world.settle()
    return world


def both_gone() -> World:
    world = in_step()
    for system, name in ((HERE, "1"), (THERE, "c1")):
        world.apis[system].destroy(name)
    world.settle()
    return world


def gone_alone() -> World:
    world = held_create()
    world.apis[HERE].destroy("1")
    world.settle()
    return world


def gone_while_its_counterpart_is_made() -> World:
    world = seen_alone()
    world.apis[HERE].destroy("1")
    for _ in range(2):
        world.go(HERE)
    return world


def parted() -> World:
    world = in_step()
    world.decide("links.unlink", link_id=row_of(world).id)
    return world


def held_pair() -> World:
    """More than one event may touch waits at a gate."""
    world = watched(empty(gate="held", work=1))
    for number in (1, 2):
        organisation(world, HERE, number)
    world.settle()
    return world


def paused_pair() -> World:
    world = linked(work=1)
    organisation(world, HERE, 2)
    world.settle()
    world = watched(world)
    world.decide("pause", flow="customer")
    for name in ("1", "2"):
        edit(world, HERE, name, city="two")
    world.settle()
    return world


def paused_in_flight() -> World:
    world = in_flight()
    world.decide("pause", flow="customer")
    return world


def paused_one_way_in_flight() -> World:
    """What is wished of one side is held, and a command to the other waits for its answer."""
    world = in_step()
    world.decide("pause", flow="customer", direction="to-crm")
    edit(world, HERE, city="two")
    world.go(HERE)
    edit(world, THERE, Phone="9")
    world.go(THERE)
    return world


def paused_alone_in_flight() -> World:
    world = seen_alone()
    world.decide("pause", flow="customer")
    return world


def to_be_tried_later() -> World:
    world = in_flight()
    world.sink(THERE, "end_dropped")
    world.fold()
    return world


def alone_to_be_tried_later() -> World:
    world = seen_alone()
    world.sink(THERE, "end_dropped")
    world.fold()
    return world


def parted_under_a_pause() -> World:
    world = parted()
    world.decide("pause", flow="customer")
    edit(world, HERE, city="two")
    world.settle()
    return world


SCENES: tuple[Scene, ...] = (
    behind_the_barrier, twins_behind_the_barrier, in_step, in_flight, in_conflict, seen_alone, archived_alone, archived_alone_at_a_gate, unreadable_now, held_create,
    held_update, paused_link, parked_update, parked_create, of_no_flow, met_two, both_gone, gone_alone, gone_while_its_counterpart_is_made, parted,
    held_pair, paused_pair, paused_in_flight, paused_one_way_in_flight, paused_alone_in_flight, to_be_tried_later, alone_to_be_tried_later,
    parted_under_a_pause,
)  # fmt: skip


def row_of(world: World) -> LinkRow:
    return world.links()[0]
