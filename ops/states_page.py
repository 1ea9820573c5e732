"""The page of a link's states: what they are, what can happen, and what follows, out of the domain's own table."""

from streams.domain.states import EVENTS, STATES, TABLE

_HEAD = """# The states of a link

Generated from the code (`python -m ops.reference`). A state is not stored: it is read off the link's row, so that
it can never contradict it. The first condition that holds names the state; what needs a person stands before what
needs time. An entry of the log never does more than its table says: `tests/property/test_states.py` sees every
cell happen, and fails when a link goes over to a state that the table does not name.

| state | when |
|---|---|
"""
_EVENTS = """
| event | what happens |
|---|---|
"""
_TABLE = """
While the tenant is catching up, rows are kept as they are shown, and nothing in these tables sends anything. A
question changes nothing.

## What follows
The states behind an arrow are those the link may be in then; without one it stays in its state, as it always may.
"""
_ROW = """
### {state}
| event | what follows |
|---|---|
"""


def states_page() -> str:
    """The page of states."""
    states = "".join(f"| `{name}` | {when} |\n" for name, when in STATES)
    events = "".join(f"| `{name}` | {what} |\n" for name, what in EVENTS)
    return _HEAD + states + _EVENTS + events + _TABLE + "".join(_section(name) for name, _ in STATES)


def _section(state: str) -> str:
    row = next(cells for name, cells in TABLE.items() if name == state)
    lines = [f"| `{name}` | {row[name].does}{_arrow(row[name].then)} |\n" for name, _ in EVENTS]
    return _ROW.format(state=state) + "".join(lines)


def _arrow(states: tuple[str, ...]) -> str:
    return " → " + ", ".join(f"`{state}`" for state in states) if states else ""
