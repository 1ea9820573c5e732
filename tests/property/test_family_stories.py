"""Stories of several flows at once: arrival in any order, moves and turns, ends and returns, lost answers and crashes.

The promises are those of every story: nothing lost, nothing doubled, no echo, convergence, replay for free.
"""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.property import promises
from tests.property.apis import normalising
from tests.property.carriers import MODES
from tests.property.family_teller import PEOPLE, FamilyTeller
from tests.property.world import SYSTEMS, WHOLE, World

VALUES = (None, "red", "green", "blue")
WHAT = ("company", "contact", "person", "product")
system = st.sampled_from(SYSTEMS)
what = st.sampled_from(WHAT)
number = st.integers(0, 1)
born = st.tuples(st.just("enter"), what, st.sampled_from((*SYSTEMS, "twins")), number)
edits = st.one_of(
    st.tuples(st.just("put"), what, system, number, st.integers(0, 1), st.sampled_from(VALUES)),
    st.tuples(st.just("rename"), what, system, number, st.sampled_from((*PEOPLE, "Anna  Berg"))),
)
moves = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(("contact", "person")), number, st.one_of(st.none(), number)),
    st.tuples(
        st.just("turn"),
        st.sampled_from(("company", "person")),
        number,
        st.sampled_from(("person", "company")),
    ),
    st.tuples(st.just("end"), what, system, number, st.booleans()),
)
machine = st.one_of(
    st.tuples(st.just("read"), system, st.integers(0, 2)),
    st.tuples(st.just("go"), system),
    st.tuples(st.just("go"), system),
    st.tuples(st.just("poll"), system),
    st.tuples(st.just("begin"), system),
    st.tuples(st.just("finish"), system, st.booleans()),
    st.tuples(st.just("intake"), system, st.integers(1, 3)),
    st.tuples(st.just("fold"), st.integers(1, 6)),
    st.tuples(st.just("sink"), system, st.sampled_from(("ok", "ok", *MODES))),
    st.tuples(st.just("sink"), system, st.sampled_from(("ok", "ok", *MODES))),
    st.tuples(
        st.just("request"), system, st.sampled_from(("ok", *MODES)), st.sampled_from((True, True, False))
    ),
    st.tuples(st.just("strike"), system, st.sampled_from(MODES)),
    st.tuples(st.just("strike"), st.just("invoiced"), st.sampled_from(MODES)),
    st.tuples(st.just("reforward"), system, st.integers(1, 6)),
    st.tuples(st.just("restart"), system),
    st.tuples(st.just("again"), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.sampled_from((3_000, 700_000))),
    st.tuples(st.just("stop"), st.integers(0, 3), system, st.booleans()),
    st.tuples(st.just("replay")),
)
births = st.lists(st.one_of(born, machine), min_size=5, max_size=40)
lives = st.lists(st.one_of(born, edits, moves, moves, machine, machine), min_size=15, max_size=50)


lost = st.lists(
    st.one_of(born, edits, moves, moves, machine, machine, st.tuples(st.just("lose"))),
    min_size=15,
    max_size=50,
)


def known(teller: FamilyTeller) -> None:
    """Two organisations, one with a contact, a person and a product, all linked."""
    for kind, number in (("company", 0), ("company", 1), ("contact", 0), ("person", 0), ("product", 0)):
        teller.enter(kind, "crm", number)
    teller.world.settle()


def end(teller: FamilyTeller) -> None:
    teller.mend()
    teller.world.settle()
    promises.kept(teller.world)


@given(births)
def test_any_order_of_arrival_ends_in_step(story: list[Any]) -> None:
    """Children before parents, twins, first runs half read: each has one counterpart in the end."""
    teller = FamilyTeller()
    teller.enter("company", "crm", 0)
    teller.enter("contact", "crm", 0)
    teller.tell(story)
    end(teller)
    promises.replayed(teller.world)


# Archived in Invoiced before a lost answer was made up for.
LOST = [
    ("move", "contact", 0, None),
    ("strike", "invoiced", "die_after"),
    ("end", "contact", "invoiced", 0, True),
]
# A contact that has waited for its parent is met by the answer to its own create.
MET = [
    ("move", "contact", 0, None), ("strike", "invoiced", "ok"), ("sink", "invoiced", "ok"),
    ("move", "contact", 0, 0), ("turn", "company", 0, "person"), ("go", "invoiced"), ("go", "invoiced"),
    ("read", "invoiced", 0), ("sink", "crm", "ok"), ("turn", "company", 0, "company"), ("replay",),
    ("strike", "invoiced", "end_lost"),
]  # fmt: skip


@given(lives)
@example(LOST)
def test_any_life_of_families_ends_in_step(story: list[Any]) -> None:
    """People move, companies turn persons, products end and return, amid lost answers and crashes."""
    teller = FamilyTeller()
    known(teller)
    teller.tell(story)
    end(teller)
    promises.replayed(teller.world)


@example(MET, 2, "")
@given(lost, st.integers(2, 6), st.sampled_from(("", "trim", "upper", "truncate:3", "drop")))
def test_any_life_with_lost_state_and_small_bites(story: list[Any], work: int, how: str) -> None:
    """The same with hardly any work an event may do, an API that keeps values in its own way, and state that is lost."""
    teller = FamilyTeller(World(replace(WHOLE, work=work)))
    teller.api("invoiced").normalise = normalising(city=how, title=how)
    known(teller)
    teller.tell(story)
    end(teller)
