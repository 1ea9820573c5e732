"""Hazards of answers: lost, late, other than what was sent, or never looked for."""

from typing import Any

from msgspec.structs import replace

from connectors.sink_rules import Finish, Standing, Write
from streams.domain.overwriting import _left
from streams.domain.rows import LinkRow
from tests.property.apis import normalising
from tests.property.hazards import hazard
from tests.property.scenes import HERE, THERE, conflicts, edit, linked, quiet, shows


def _blind(now: Standing, names: frozenset[str]) -> Write:
    return Write(names, None)


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
    "streams/domain/overwriting.py:overwritten",
    "without a word",
    {"streams.domain.overwriting.overwritten": _deaf},
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


def _always(_policy: str, system: str, *_: Any) -> str:
    return system


def _shown(_row: Any, prop: Any, _result: Any, left: Any, present: Any) -> dict[str, bool]:
    return {one: _left(prop, left, value) for one, value in present.items()}


@hazard(
    "N8d",
    "streams/domain/overwriting.py:_winner",
    "later edit",
    {"streams.domain.overwriting._winner": _always},
)
def overwritten_is_told_late() -> None:
    """What our write went over is told when the other side has been edited again: the later edit stands, and it is listed."""
    world = linked()
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.sink(HERE)
    edit(world, THERE, City="twelve")
    world.go(THERE)
    world.sink(HERE)
    world.settle()
    assert conflicts(world, "city"), "an edit was written over without a word"
    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "twelve", "the later edit is lost"


@hazard(
    "N8e",
    "streams/domain/overwriting.py:_stands",
    "last edit",
    {"streams.domain.overwriting._stands": _shown},
)
def overwritten_twice_in_a_row() -> None:
    """The decision over what a write went over goes over a later edit of the same user: that one stands on both sides."""
    world = linked()
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.sink(HERE)
    world.feed(HERE)
    world.fold()
    edit(world, HERE, city="twelve")
    world.sink(HERE)
    world.feed(HERE)
    world.fold()
    world.settle()
    assert shows(world, HERE, "city") == shows(world, THERE, "City") == "twelve", "the last edit is lost"
    assert conflicts(world, "city") == [HERE, HERE], "an edit was written over without a word"


@hazard(
    "N8c",
    "connectors/watch.py:watchable",
    "without a word",
    {"connectors.watch.watchable": lambda result: result.outcome == "done" and result.verb == "update"},
)
def overwritten_by_a_write_without_an_answer() -> None:
    """A lost answer and a tidied value: the look finds no edit any more, the event of the write tells of it."""
    world = linked()
    world.apis[HERE].normalise = normalising(city="upper")
    edit(world, THERE, City="two")
    world.go(THERE)
    edit(world, HERE, city="nine")
    world.sink(HERE, "lost")
    world.settle()
    listed = [one.invoiced for one in world.conflicts if one.property == "city"]
    assert "NINE" in listed, "an edit was written over without a word"


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
