"""Hazards of edits and their answers: whose value it is, since when, and who has the last word."""

from typing import Any

from streams.domain.observe import show as taken
from streams.domain.rows import side_of, with_side
from tests.property.apis import normalising
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, quiet, shows


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
    {"streams.domain.verdicts._when": lambda side, name: (side.edited_at.get(name, 0),) * 2},
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
    "A3b",
    "streams/domain/recording.py:tie",
    "went behind",
    {"streams.domain.links.tie": lambda fold: fold.config.tie_ms},
)
def clocks_that_go_apart() -> None:
    """Stamps of two clocks are told apart no finer than the clocks agree: what they cannot tell is a tie, and says so."""
    world = linked()
    world.apis[HERE].clock_ms = -3_600_000
    world.settle()
    edit(world, THERE, City="older")
    edit(world, HERE, city="newer")
    world.settle()
    one = next(one for one in world.conflicts if one.property == "city")
    assert one.undecidable, "a conflict was decided by a clock that went behind"
    assert shows(world, THERE, "City") == shows(world, HERE, "city") == "newer"


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
    side = side_of(row, system)
    later = (side.updated_at or 0) > (result.updated_at or 0)
    image = side.image if later else dict(result.image)
    return with_side(row, system, taken(flow, system, side, image or {}, result.updated_at or 0))


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
