"""The table of states says what really follows: all of it is seen, and nothing else is."""

import functools
from collections import defaultdict
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.domain.states import EVENTS, KINDS, STATES, TABLE, Kind, State
from streams.domain.step import HANDLERS
from tests.property.apis import Rejected
from tests.property.happenings import HAPPENINGS
from tests.property.lives import SCENES
from tests.property.tellers import Teller
from tests.property.test_stories import wild
from tests.property.witness import transitions, watched
from tests.property.world import CONFIG, World

Seen = dict[tuple[State, Kind], set[State]]


@functools.cache
def _matrix() -> Seen:
    """Everything that can happen to a link in every state it can be in, each once."""
    seen: Seen = defaultdict(set)
    for scene in SCENES:
        for happening in HAPPENINGS:
            world = scene()
            happening(world)
            world.fold()
            for before, kind, after in transitions(world):
                seen[before, kind].add(after)
    return seen


def test_the_table_has_every_state_and_every_event() -> None:
    """No cell is missing, and every kind of entry in the log has its column."""
    states, kinds = [state for state, _ in STATES], [kind for kind, _ in EVENTS]

    assert sorted(TABLE) == sorted(states)
    assert all(sorted(row) == sorted(kinds) for row in TABLE.values())
    assert KINDS.keys() == HANDLERS.keys()
    assert set(KINDS.values()) | {"deleted"} == set(kinds)


def test_every_cell_is_reached() -> None:
    """For each cell there is a scene in which that happens to a link in that state; `none` has its own."""
    cells = {(state, kind) for state, _ in STATES if state != "none" for kind, _ in EVENTS}
    born = {("none", kind) for kind, cell in TABLE["none"].items() if cell.then}

    never = sorted((cells | born) - _matrix().keys())

    assert never == [], f"no scene reaches {never}"


def test_what_follows_is_what_the_table_says() -> None:
    """In each cell, the states that a link is seen to go over to are those the table names, all of them."""
    for state, row in TABLE.items():
        for kind, cell in row.items():
            seen = _matrix().get((state, kind), set()) - {state}
            assert seen == set(cell.then), (
                f"{state} on {kind}: the table says {cell.then}, seen {sorted(seen)}"
            )


@given(wild, st.booleans(), st.sampled_from(("auto", "held")))
def test_no_story_leaves_the_table(story: list[Any], refused: bool, gate: str) -> None:
    """Whatever happens in whatever order, no link goes over to a state that the table does not name."""
    teller = Teller(watched(World(replace(CONFIG, gate=gate))))
    teller.born("twins", 0)
    teller.born("crm", 1)
    teller.api("invoiced").refuse_all = refused
    for move in story:
        with suppress(Rejected):
            teller.tell([move])
    teller.world.turn()

    for before, kind, after in transitions(teller.world):
        known = {before, *TABLE[before][kind].then}
        assert after in known, f"{before} on {kind} has become {after}, which is not in the table"
