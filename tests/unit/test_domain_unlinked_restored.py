"""What stood in no link when a state was lost stands there again, whatever happened until it was read back."""

from tests.property import losses, promises
from tests.property.scenes import HERE, THERE, edit, linked, organisation
from tests.property.world import policy


def test_an_end_that_is_seen_before_unlinked_is_read_back_stands() -> None:
    """A record that waited is deleted while a lost state is brought back: nothing is made of what is gone."""
    world = linked()
    world.decide("pause", flow="customer")
    world.apis[HERE].refuse_all = True
    organisation(world, THERE, 2)
    world.go(THERE)
    world.go(HERE)
    losses.lose_state(world)
    world.apis[THERE].destroy("c2")
    kept = dict(world.alone)
    for _ in range(2):
        world.go(THERE)
    assert kept
    assert world.alone == kept
    losses.read_back(world)
    world.apis[HERE].refuse_all = False
    world.decide("resume", flow="customer")
    world.settle()
    world.decide("resume", flow="customer")
    world.settle()

    assert len(world.apis[HERE].records) == 1
    assert world.alone == {}


def test_what_waits_for_a_person_still_does_after_a_loss_though_it_was_edited_meanwhile() -> None:
    """The topic `unlinked` is the backup: a first sight in an empty state does not write over it."""
    world = linked(flows=policy(delete="unlink"))
    world.apis[HERE].destroy("1")
    world.settle()
    losses.lose_state(world)
    edit(world, THERE, City="edited")
    world.go(THERE)
    losses.read_back(world)
    world.settle()

    assert world.refs()[f"{THERE}:customer:c1"].state == "review"
    assert world.apis[HERE].records == {}
    promises.derived(world)
