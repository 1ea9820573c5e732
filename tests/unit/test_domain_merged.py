"""Two customers of Invoiced become one: what hung on the one that went up in the other follows."""

from schemas.records import Unreadable
from streams.domain.sources import MERGED
from tests.property.families import company, contact, counterpart, everything, of_kind, record
from tests.property.promises import kept
from tests.property.scenes import HERE, THERE
from tests.property.world import World


def _merged(world: World, loser: str, winner: str) -> None:
    """Invoiced moves all contacts, and the loser is gone."""
    api = world.apis[HERE]
    for name in [name for name, one in api.records.items() if one.get("customer") == int(loser)]:
        api.records[name]["customer"] = int(winner)
        api._touch(name, world.tick(1_500), "updated", {"customer": int(loser)})
    del api.records[loser]
    ref = f"{HERE}:customer:{loser}"
    world.append(Unreadable(HERE, "customer", f"it went up in {HERE}:customer:{winner}", ref, MERGED))


def test_contacts_follow_and_the_loser_is_archived() -> None:
    """The CRM's contacts name the other customer, the loser's counterpart is archived, and a person is told."""
    world = everything()
    loser, winner = company(world, HERE, 1), company(world, HERE, 2)
    name = contact(world, HERE, loser)
    world.settle()
    here = f"{HERE}:contact:{name}"
    there, link = counterpart(world, here), world.link(here).id
    was = counterpart(world, f"{HERE}:customer:{loser}")
    _merged(world, loser, winner)
    world.settle()

    left = counterpart(world, f"{HERE}:customer:{winner}")
    assert f"{THERE}:customer:{record(world, there)['CustomerId']}" == left
    assert (record(world, was)["IsDeleted"], record(world, there)["IsDeleted"]) == (True, False)
    assert (world.link(here).id, of_kind(world, THERE, "contact")) == (link, [there])
    assert [row.ref for row in world.refs().values() if row.state == "review"] == [
        f"{HERE}:customer:?merged/{loser}"
    ]
    kept(world)
