"""Stories in which the state, or its log, is lost somewhere: the promises hold all the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.property import losses
from tests.property.tellers import Teller
from tests.property.test_stories import end, plain, wild
from tests.property.world import CONFIG, World

LOSSES = {"state": losses.lose_state, "log": losses.lose_log}
lost = st.sampled_from(sorted(LOSSES))


def told(teller: Teller) -> Teller:
    """Organisations on one side, on the other and on both, linked."""
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.settle()
    return teller


@given(wild, wild, plain, lost)
def test_any_story_around_a_loss_ends_in_step(
    before: list[Any], meanwhile: list[Any], after: list[Any], what: str
) -> None:
    """Whatever stood open when it was lost, and whatever happens until it is back: equal, single, quiet, no edit lost."""
    teller = told(Teller())
    teller.tell(before)
    LOSSES[what](teller.world)
    teller.tell(meanwhile)
    losses.read_back(teller.world)
    teller.tell(after)
    end(teller)


@given(plain, plain, lost, lost, st.integers(2, 12))
def test_lost_again_before_it_is_back(
    before: list[Any], meanwhile: list[Any], first: str, second: str, work: int
) -> None:
    """A second loss while the first is caught up with, in small bites; what the first run appended comes twice."""
    teller = told(Teller(World(replace(CONFIG, work=work))))
    teller.tell(before)
    LOSSES[first](teller.world)
    losses.read_back(teller.world)
    teller.world.fold(3)
    LOSSES[second](teller.world)
    teller.tell(meanwhile)
    losses.read_back(teller.world)
    losses.read_back(teller.world)
    end(teller)
