"""The states of a link, and what each event does in each: one table, printed in the documentation.

A state is not stored: it is read off the row, so that it can never contradict it.
"""

from typing import Literal, NamedTuple

from schemas.records import (
    Change,
    Continue,
    Decision,
    Nudge,
    Position,
    Question,
    Restore,
    Result,
    RoundBegun,
    RoundPassed,
    Unreadable,
)
from streams.domain.rows import LinkRow

State = Literal["none", "linked", "waiting", "review", "parked", "held", "retired"]

# The first condition that holds names the state: what needs a person stands before what needs time.
STATES: tuple[tuple[State, str], ...] = (
    ("none", "there is no such link yet"),
    ("retired", "both records are gone, or a person has parted them"),
    ("review", "two records claim the same place, or rules contradict each other: a person decides"),
    ("parked", "the latest wish cannot be applied: waits for a change, a replay or a discard"),
    ("held", "a gate, a pause or a breaker is closed in the direction of a wish"),
    ("waiting", "one record, its counterpart not made yet; or a parent is not linked yet"),
    ("linked", "two records kept in step"),
)

# What can happen to a link. `work`: its turn has come, by whatever entry of the log the queue is brought on.
Kind = Literal["change", "deleted", "unreadable", "result", "decision", "nudge", "restore", "work"]
EVENTS: tuple[tuple[Kind, str], ...] = (
    ("change", "one of its records was seen in a new version"),
    ("deleted", "one of its records is gone for good"),
    ("unreadable", "one of its records was seen, and nobody can read it; or it can be read again"),
    ("result", "a command of its is answered, or its write is known to have gone over an edit"),
    ("decision", "a person decides something that concerns it: its gate, its conflict, itself"),
    ("nudge", "it is computed anew, by name"),
    ("restore", "its row comes back from the topic `links`"),
    ("work", "its turn has come: a round has passed, a gate was opened, a parent linked, a time is up"),
)
KINDS: dict[type, Kind] = {
    Change: "change",
    Unreadable: "unreadable",
    Result: "result",
    Decision: "decision",
    Nudge: "nudge",
    Restore: "restore",
    RoundBegun: "work",
    RoundPassed: "work",
    Position: "work",
    Continue: "work",
    Question: "work",
}


class Cell(NamedTuple):
    """What an event does to a link in a state, and the states it may then be in beside that one."""

    does: str
    then: tuple[State, ...] = ()


NOTHING = Cell("nothing")
NOTED = Cell("noted in the row; nothing is sent")
KEPT = Cell("kept as it is: what is there is never replaced")

TABLE: dict[State, dict[Kind, Cell]] = {
    "none": {
        "change": Cell("the record is kept in `unlinked`, where it waits for the barrier"),
        "deleted": Cell("the record leaves `unlinked`"),
        "unreadable": Cell("the record is listed in `unlinked`"),
        "result": NOTHING,
        "decision": Cell("two records that a person calls one are joined", ("linked", "held")),
        "nudge": NOTHING,
        "restore": Cell(
            "back as it was published",
            ("linked", "waiting", "held", "parked", "review", "retired"),
        ),
        "work": Cell("behind the barrier: joined by a rule, or a create is begun", ("linked", "waiting", "held")),
    },
    "linked": {
        "change": Cell("merged; the other side is sent what differs", ("held", "review")),
        "deleted": Cell("the other side is archived; retired if that is gone, too", ("held", "retired")),
        "unreadable": Cell("listed with its cause; the last image stands", ("waiting",)),
        "result": Cell("both bases are set, what was refused is flagged or parked", ("held", "parked")),
        "decision": Cell("carried out: merged with the decision, paused or parted", ("held", "retired")),
        "nudge": Cell("merged"),
        "restore": KEPT,
        "work": Cell("merged; what is due is sent again", ("held",)),
    },
    "waiting": {
        "change": Cell("noted; its create carries it, or it fills the other place", ("linked", "held", "review")),
        "deleted": Cell("retired; a pair is merged as any other", ("linked", "retired")),
        "unreadable": Cell("listed with its cause, or no more", ("linked",)),
        "result": Cell("fills the place; tried later, parked or in review", ("linked", "held", "parked", "review")),
        "decision": Cell("paused, resumed or parted", ("held", "retired")),
        "nudge": Cell("computed anew"),
        "restore": KEPT,
        "work": Cell("the create is sent, or sent again", ("held",)),
    },
    "held": {
        "change": Cell("merged; the wish is held, or there is none any more", ("linked", "review")),
        "deleted": Cell("merged; retired if no record is left", ("retired",)),
        "unreadable": NOTED,
        "result": Cell("settled; the wish stays held; what the other side refuses is parked", ("parked",)),
        "decision": Cell("what is opened is computed anew and sent", ("linked", "waiting", "retired")),
        "nudge": Cell("computed anew; held still"),
        "restore": KEPT,
        "work": Cell("what was opened is computed anew and sent", ("linked", "waiting")),
    },
    "parked": {
        "change": Cell("merged; sent if the wish is another one", ("linked", "review")),
        "deleted": Cell("the wish is given up; as when linked or waiting", ("linked", "retired")),
        "unreadable": NOTED,
        "result": NOTED,
        "decision": Cell("tried again or given up", ("linked", "waiting", "retired")),
        "nudge": Cell("computed anew; the same wish is not sent again"),
        "restore": KEPT,
        "work": Cell("computed anew; the same wish is not sent again"),
    },
    "review": {
        "change": Cell("noted; linked again once it belongs to its flow again", ("linked",)),
        "deleted": Cell("noted; retired when both are gone", ("retired",)),
        "unreadable": NOTED,
        "result": Cell("settled; nothing more is sent"),
        "decision": Cell("joined or parted", ("linked", "retired")),
        "nudge": NOTED,
        "restore": KEPT,
        "work": NOTED,
    },
    "retired": {
        "change": Cell("a record born again brings its link back, and the other is made anew", ("waiting", "held")),
        "deleted": NOTED,
        "unreadable": NOTED,
        "result": Cell("a create that was under way is answered: what it made is archived", ("linked",)),
        "decision": NOTED,
        "nudge": NOTHING,
        "restore": KEPT,
        "work": NOTHING,
    },
}  # fmt: skip


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
    held = ", ".join(row.hold.values())
    return row.review or held or row.waiting or _tried(row) or _refused(row) or None


def _tried(row: LinkRow) -> str:
    """What the last attempt was told where a write is tried again."""
    sides = (("invoiced", row.invoiced), ("crm", row.crm))
    return "; ".join(
        f"{system}: {side.why}; it is tried again"
        for system, side in sides
        if side.why and (side.flight is not None or side.retry_at)
    )


def _refused(row: LinkRow) -> str:
    """Values a side does not take, the rest of its record being in step."""
    sides = (("invoiced", row.invoiced), ("crm", row.crm))
    return "; ".join(
        f"{system} refused {name}: {text}"
        for system, side in sides
        for name, (_, text) in sorted(side.refused.items())
    )
