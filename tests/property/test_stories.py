"""Stories: hypothesis moves both systems, the pollers, the log and the sinks in any order, with faults.

What must hold at the end of each is the promises of the design: nothing lost, nothing doubled, no echo,
convergence, replay for free.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.property import last_words, promises
from tests.property.apis import normalising
from tests.property.carriers import MODES
from tests.property.tellers import FIELDS, Teller
from tests.property.world import CONFIG, SYSTEMS, World, policy

VALUES = (None, "red", "green", "blue", "gold", "Wide open ")
system = st.sampled_from(SYSTEMS)
org = st.integers(0, 2)
mode = st.sampled_from(("ok", "ok", "ok", *MODES))
edits = st.one_of(
    st.tuples(st.just("edit"), system, org, st.sampled_from(sorted(FIELDS)), st.sampled_from(VALUES)),
    st.tuples(st.just("edit"), system, org, st.just("city"), st.sampled_from(VALUES)),
    st.tuples(st.just("born"), st.sampled_from(("invoiced", "crm", "twins")), org),
)
lives = st.one_of(
    st.tuples(st.just("archive"), system, org, st.booleans()),
    st.tuples(st.just("destroy"), system, org),
    st.tuples(st.just("clone"), system, org),
    st.tuples(st.just("retype"), org, st.sampled_from(("person", "company"))),
    st.tuples(st.just("adopt"), system, org, st.one_of(st.none(), org)),
)
machine = st.one_of(
    st.tuples(st.just("poll"), system),
    st.tuples(st.just("begin"), system),
    st.tuples(st.just("finish"), system, st.booleans()),
    st.tuples(st.just("stale"), system, org),
    st.tuples(st.just("intake"), system, st.integers(1, 3)),
    st.tuples(st.just("fold"), st.integers(1, 6)),
    st.tuples(st.just("sink"), system, mode),
    st.tuples(st.just("request"), system, mode, st.sampled_from((True, True, False))),
    st.tuples(st.just("go"), system),
    st.tuples(st.just("go"), system),
    st.tuples(st.just("again"), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.sampled_from((3_000, 700_000))),
    st.tuples(st.just("pause"), system, st.booleans()),
    st.tuples(st.just("replay")),
    st.tuples(st.just("resolve"), st.integers(0, 5), system),
)
plain = st.lists(st.one_of(edits, machine), min_size=5, max_size=50)
wild = st.lists(st.one_of(edits, lives, machine, machine), min_size=5, max_size=50)
kept = st.sampled_from(("", "trim", "upper", "truncate:3", "drop"))
policies = st.fixed_dictionaries(
    {
        "conflict": st.sampled_from(("newest", "invoiced", "crm", "manual")),
        "tie": system,
        "first_match": st.sampled_from(("invoiced", "crm", "newest")),
        "delete": st.sampled_from(("archive", "delete", "unlink", "ignore")),
        "rejected": st.sampled_from(("flag", "revert")),
    }
)


def end(teller: Teller) -> None:
    teller.mend()
    teller.world.settle()
    promises.kept(teller.world)
    last_words.kept(teller)


@given(plain)
def test_any_story_from_the_first_run_ends_in_step(story: list[Any]) -> None:
    """Whatever happens in whatever order, the systems end equal, single and quiet, and no edit is lost."""
    teller = Teller()
    teller.born("twins", 0)
    teller.born("invoiced", 1)
    teller.tell(story)
    end(teller)
    promises.replayed(teller.world)


@given(plain, plain, kept, kept)
def test_any_story_between_apis_that_normalise_ends_quiet(
    first: list[Any], second: list[Any], here: str, there: str
) -> None:
    """The same between linked records, twice over, where each API keeps a city in its own way."""
    teller = Teller()
    teller.api("invoiced").normalise = normalising(city=here)
    teller.api("crm").normalise = normalising(City=there, Phone=there)
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.settle()
    for story in (first, second):
        teller.tell(story)
        end(teller)


@given(wild, st.booleans(), st.sampled_from((None, "red", "blue")))
def test_any_life_of_records_ends_in_step(story: list[Any], unique: bool, refused: str | None) -> None:
    """Archives, deletes, clones, parents, changes of type, and an API that refuses a value."""
    teller = Teller()
    teller.api("crm").unique_xref = unique
    teller.api("crm").refuse = lambda name, value: refused is not None and (name, value) == ("City", refused)
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.settle()
    teller.tell(story)
    end(teller)


@given(wild, policies, st.sampled_from((None, "red", "blue")), st.booleans())
def test_any_life_under_any_policy_ends_in_step(
    story: list[Any], drawn: dict[str, Any], refused: str | None, deletable: bool
) -> None:
    """What may be set in a flow file is kept to: still single, quiet and in step, save for what is listed."""
    teller = Teller(World(replace(CONFIG, flows=policy(**drawn))))
    teller.api("crm").refuse = lambda name, value: refused is not None and (name, value) == ("City", refused)
    teller.api("invoiced").deletable = deletable
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.world.settle()
    teller.tell(story)
    end(teller)
    promises.replayed(teller.world)


@given(plain, st.sampled_from(("invoiced", "crm")), st.integers(2, 12))
def test_any_story_in_small_bites_ends_in_step(story: list[Any], behind: str, work: int) -> None:
    """The same with hardly any work an event may do, and a backfill that has read one record of one side only."""
    teller = Teller(World(replace(CONFIG, work=work)))
    teller.born("twins", 0)
    teller.born("twins", 1)
    teller.world.poll(behind, limit=1)
    teller.tell(story)
    end(teller)
