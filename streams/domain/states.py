"""The states of a link, and what each event does in each: one table, printed in the documentation.

A state is not stored: it is read off the row, so that it can never contradict it.
"""

from typing import Literal

from streams.domain.rows import LinkRow

State = Literal["linked", "waiting", "review", "parked", "held", "retired"]

# The first condition that holds names the state: what needs a person stands before what needs time.
STATES: tuple[tuple[State, str], ...] = (
    ("retired", "both records are gone, or a person has parted them"),
    ("review", "two records claim the same place, or rules contradict each other: a person decides"),
    ("parked", "the latest wish cannot be applied: waits for a change, a replay or a discard"),
    ("held", "a gate, a pause or a breaker is closed in the direction of a wish"),
    ("waiting", "one record, its counterpart not made yet; or a parent is not linked yet"),
    ("linked", "two records kept in step"),
)

# state → event → what follows. `-` = the row takes note, nothing is sent.
TABLE: dict[State, dict[str, str]] = {
    "linked": {
        "change": "merge",
        "result": "merge",
        "deleted": "archive the other side",
        "decision": "merge",
    },
    "waiting": {
        "change": "create when due",
        "result": "fill the slot",
        "deleted": "retire",
        "decision": "merge",
    },
    "held": {"change": "-", "result": "merge", "deleted": "-", "decision": "merge when opened"},
    "parked": {
        "change": "merge, send if the wish differs",
        "result": "-",
        "deleted": "merge",
        "decision": "send",
    },
    "review": {"change": "weigh anew", "result": "-", "deleted": "weigh anew", "decision": "join or part"},
    "retired": {"change": "revive if restored or born again", "result": "-", "deleted": "-", "decision": "-"},
}


def state_of(row: LinkRow) -> State:
    """The state a link is in."""
    if row.retired:
        return "retired"
    if row.review:
        return "review"
    if row.invoiced.stuck is not None or row.crm.stuck is not None:
        return "parked"
    if row.hold or row.paused:
        return "held"
    one_sided = row.invoiced.ref is None or row.crm.ref is None
    return "waiting" if one_sided or row.waiting else "linked"


def cause_of(row: LinkRow) -> str | None:
    """Why a link is not simply linked, in words."""
    for side in (row.invoiced, row.crm):
        if side.stuck is not None:
            return f"{side.stuck.cause}: {side.stuck.message}"
    return row.review or ", ".join(row.hold.values()) or row.waiting or None
