"""One parent that is linked late, and many children that wait for it: they cost nothing while they wait."""

from functools import cache

from streams.domain.keys import link_key, ref_key
from streams.domain.view import Effects
from tests.property.families import company, contact, everything, flow_links, of_kind
from tests.property.rows import Rows
from tests.property.scenes import HERE, THERE
from tests.property.world import CONFIG, World

WORK = 50
MANY, FEW = 500, 10
PAST_BREAKERS = {"change_links": 10 * MANY, "delete_links": 10 * MANY}


class Counted(Rows):
    """Rows that remember the longest of them, and the most of them one event has written."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0
        self.most = 0

    def apply(self, effects: Effects) -> None:
        prefixes = (link_key(CONFIG.tenant, ""), ref_key(CONFIG.tenant, ""))
        self.longest = max([self.longest, *(len(value) for value in effects.writes.values() if value)])
        self.most = max(self.most, sum(key.startswith(prefixes) for key in effects.writes))
        super().apply(effects)


@cache
def _family(children: int) -> tuple[int, int, World, Counted]:
    """An organisation that may not be made in Invoiced at first: what idle rounds touched, and what came then."""
    world = everything(work=WORK, **PAST_BREAKERS)
    rows = Counted()
    rows.apply(Effects(dict(world.rows.data), []))
    world.rows = rows
    world.decide("pause", flow="customer", direction="to-invoiced")
    parent = company(world, THERE)
    for number in range(children):
        contact(world, THERE, parent, f"Anna {number}")
    for _ in range(4):
        world.turn(1_000)
    assert of_kind(world, HERE, "contact") == []
    rows.most = world.most = 0
    for _ in range(3):
        world.turn(1_000)
    read, written = world.most, rows.most
    world.decide("resume", flow="customer", direction="to-invoiced")
    world.settle()
    return read, written, world, rows


def test_who_waits_for_a_parent_costs_nothing() -> None:
    """Rounds pass, and no event looks at the children, however many there are."""
    read, written, _, _ = _family(MANY)

    assert read <= _family(FEW)[0] + 1
    assert written <= 1


def test_all_of_them_follow_their_parent() -> None:
    """Once it is linked they are found and made, a share an event, and no row has grown with them."""
    _, _, world, rows = _family(MANY)

    assert len(of_kind(world, HERE, "contact")) == len(flow_links(world, "contact")) == MANY
    assert WORK // 2 < rows.most <= 3 * WORK
    assert rows.longest < 1.2 * _family(FEW)[3].longest
