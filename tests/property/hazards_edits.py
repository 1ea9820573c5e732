"""Hazards of edits and their answers: whose value it is, since when, and who has the last word."""

from typing import Any

from msgspec.structs import replace

from connectors.sink_rules import Finish, Standing, Write
from streams.domain import results
from streams.domain.observe import show as taken
from streams.domain.rows import LinkRow
from tests.property.apis import normalising
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, quiet, shows


def _blind(now: Standing, names: frozenset[str]) -> Write:
    return Write(names, None)


@hazard(
    "A1",
    "streams/domain/settling.py:base_of",
    "original",
    {"streams.domain.settling.base_of": lambda _type, _verb, sent, _back: sent},
)
def base_per_side() -> None:
    """An API that cuts a value is recorded as a difference, and neither destroys the original nor writes for ever."""
    world = linked()
    world.apis[THERE].normalise = normalising(Phone="truncate:5")
    edit(world, HERE, phone="abcdefgh")
    world.settle()
    assert shows(world, HERE, "phone") == "abcdefgh", "the original was destroyed by what the other API kept"
    assert shows(world, THERE, "Phone") == "abcde"
    quiet(world)


@hazard(
    "A2",
    "streams/domain/merge.py:in_flight",
    "later edit",
    {
        "streams.domain.merge.in_flight": lambda _row: set(),
        "streams.domain.links.in_flight": lambda _row: set(),
    },
)
def own_echo_before_the_answer() -> None:
    """Our own write, polled before its answer, is no edit and beats no user."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    edit(world, HERE, city="three")
    answers = world.sinks[THERE].step(world.tick())
    world.go(HERE)
    world.go(THERE)
    for answer in answers:
        world.append(answer)
    world.settle()
    assert shows(world, HERE, "city") == "three", "the user's later edit was lost to our own echo"
    assert shows(world, THERE, "City") == "three"
    assert not conflicts(world, "city"), "a false conflict was recorded"


@hazard(
    "A3",
    "streams/domain/observe.py:_edit_times",
    "undecidable",
    {"streams.domain.merge._when": lambda side, name: (side.edited_at.get(name, 0),) * 2},
)
def a_record_stamp_is_no_property_stamp() -> None:
    """A record's last stamp is that of another property's edit: it decides no conflict."""
    world = linked()
    edit(world, THERE, City="older")
    edit(world, HERE, city="newer")
    edit(world, THERE, Description="something else, later")
    world.settle()
    one = next(one for one in world.conflicts if one.property == "city")
    assert one.undecidable, "a conflict was decided by another property's time, where it is undecidable"
    assert shows(world, THERE, "City") == "newer"


@hazard(
    "A14",
    "streams/domain/observe.py:newer",
    "set back",
    {
        "streams.domain.identity.newer": lambda side, change: (
            (change.source.updated_at or 0) > max(side.updated_at or 0, side.answer_updated or 0)
        )
    },
)
def clock_set_back() -> None:
    """A source's clock set back by an hour hides no edit: versions order observations, not stamps."""
    world = linked()
    edit(world, THERE, City="before")
    world.settle()
    world.apis[THERE].clock_ms = -3_600_000
    world.apis[THERE].stamps["c1"] -= 3_600_000
    edit(world, THERE, City="after")
    world.settle()
    assert shows(world, HERE, "city") == "after", "an edit under a clock set back was ignored"


def _by_stamps(flow: Any, row: Any, system: str, flight: Any, result: Any) -> Any:
    side = results.side_of(row, system)
    later = (side.updated_at or 0) > (result.updated_at or 0)
    image = side.image if later else dict(result.image)
    return results.with_side(row, system, taken(flow, system, side, image or {}, result.updated_at or 0))


@hazard(
    "A14b",
    "streams/domain/settling.py:take_image",
    "went back",
    {"streams.domain.settling.take_image": _by_stamps},
)
def clock_set_back_under_our_write() -> None:
    """A clock set back before our own write does not make the value from before it the later one."""
    world = linked()
    edit(world, THERE, City="before")
    world.settle()
    world.apis[THERE].clock_ms = -3_600_000
    edit(world, HERE, city="ours")
    before = len(world.apis[HERE].writes)
    world.settle()
    assert len(world.apis[HERE].writes) == before, "an older value went back over the edit"
    assert shows(world, THERE, "City") == "ours"


@hazard(
    "A18",
    "connectors/sink_rules.py:_unseen",
    "overwritten",
    {"connectors.sink_rules._unseen": _blind},
)
def repeated_command_looks_first() -> None:
    """A command that is sent again looks first: what a user has done since stands."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    world.sink(THERE, "die_after")
    edit(world, THERE, City="nine")
    world.settle()
    assert shows(world, THERE, "City") == "nine", "a repeated command has overwritten a later edit"
    assert shows(world, HERE, "city") == "nine"


@hazard(
    "B15",
    "streams/domain/settling.py:base_of",
    "flow back",
    {"streams.domain.settling.base_of": lambda *a: a[3]},
)
def what_a_create_filled_in() -> None:
    """What an API filled in where a create sent nothing flows back once."""
    world = linked()
    world.apis[THERE].create(world.tick(), {"Name": "Without a number"})
    world.settle()
    assert shows(world, THERE, "CustomerNumber", "c2") == "CUST-2", "the number did not flow back"
    quiet(world)


@hazard(
    "N8",
    "connectors/sink_rules.py:_unseen",
    "without a word",
    {"connectors.sink_rules._unseen": _blind},
)
def first_write_is_not_blind() -> None:
    """An edit nobody has polled yet is not written over: the CRM's version forbids it, and the policy decides."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    edit(world, THERE, City="nine")
    world.settle()
    assert conflicts(world, "city"), "an edit was written over without a word"


def _deaf(_fold: Any, _flow: Any, row: LinkRow, _system: str, _result: Any) -> LinkRow:
    return row


@hazard(
    "N8b",
    "streams/domain/results.py:overwritten",
    "without a word",
    {"streams.domain.results.overwritten": _deaf},
)
def overwritten_is_told() -> None:
    """Invoiced has no versions: the event of our own write shows what it went over, and the policy decides."""
    world = linked()
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.settle()
    assert conflicts(world, "city"), "an edit was written over without a word"
    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "nine"


def _stale(now: Standing, look: Any, _foreign: Any) -> Finish:
    return Finish("stale", look)


@hazard(
    "N9",
    "streams/domain/doubt.py:_other",
    "original",
    {"connectors.sink_rules._foreign": _stale, "streams.domain.doubt.may_be": lambda _shown, _sent: False},
)
def lost_answer_of_an_api_that_cuts() -> None:
    """A lost answer and an API that cuts: what it kept is ours, not an edit, and the original stands."""
    world = linked()
    world.apis[THERE].normalise = normalising(City="truncate:5")
    edit(world, HERE, city="abcdefgh")
    world.go(HERE)
    world.sink(THERE, "end_lost")
    world.settle()
    assert shows(world, HERE, "city") == "abcdefgh", "the original was destroyed by our own lost write"


def _no_doubt(side: Any, _flight: Any, _at: int) -> Any:
    return replace(side, again=True)


@hazard("S1", "streams/domain/doubt.py:raised", "later edit", {"streams.domain.doubt.raised": _no_doubt})
def lost_answer_and_a_second_thought() -> None:
    """A lost answer, met by the poll after the user has thought again: our own value does not beat the later one."""
    world = linked()
    edit(world, HERE, city="two")
    world.go(HERE)
    edit(world, HERE, city="three")
    world.sink(THERE, "end_lost")
    world.go(HERE)
    world.tick(60_000)
    world.go(THERE)
    world.settle()
    assert shows(world, HERE, "city") == "three", "the user's later edit was lost to our own value"
    assert shows(world, THERE, "City") == "three"


def _never(*_: Any) -> bool:
    return False


@hazard("S2", "connectors/observation.py:_known", "taken back", {"connectors.observation._later": _never})
def taken_back_before_the_poll() -> None:
    """A user takes our write back before it is polled: the page looks like the shadow, and is an edit all the same."""
    world = linked()
    edit(world, THERE, City="green")
    world.go(THERE)
    world.sink(HERE)
    edit(world, HERE, city=None)
    world.settle()
    assert shows(world, THERE, "City") is None, "what was taken back is still there on the other side"


def _everything(_flow: Any, _row: Any, merged: Any) -> Any:
    return merged.wishes


@hazard(
    "B13", "streams/domain/links.py:_out_of_use", "stay", {"streams.domain.links._out_of_use": _everything}
)
def edits_on_an_archived_record_stay() -> None:
    """An edit on an archived record stays there; only its return is sent."""
    world = linked()
    edit(world, HERE, active=False)
    world.settle()
    assert shows(world, THERE, "IsDeleted") is True
    edit(world, THERE, Phone="1")
    world.settle()
    assert shows(world, HERE, "phone") is None, "an edit on an archived record did not stay there"
    edit(world, HERE, active=True)
    world.settle()
    assert shows(world, THERE, "IsDeleted") is False
    assert shows(world, HERE, "phone") == "1"
