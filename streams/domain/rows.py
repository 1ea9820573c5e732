"""The rows of the state: what is known of a ref and of a link. A format byte stands before each.

Rows are arrays on disk: a field is only ever added at the end, with a default, and read rows are moved up.
"""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from schemas.records import Json

FORMAT = b"\x01"

Values = dict[str, Json]
RefState = Literal["waiting", "review", "no_flow", "unreadable", "linked", "former", "gone"]


class RefRow(Struct, frozen=True, array_like=True):
    """One record's identity. `since` is the log offset from which the creation barrier counts."""

    ref: str
    state: RefState
    version: int = 0
    link_id: str | None = None
    generation: int = 0
    flow: str | None = None
    image: dict[str, Any] | None = None
    read_at: int = 0
    updated_at: int | None = None
    since: int = 0
    cause: str = ""
    candidates: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()  # refs a person has said this one is not
    waits: int = -1  # the horizon up to which a candidate of a stronger rule is waited for
    parent: str = ""  # the required parent it waits for: nothing is weighed before that has a counterpart


class Flight(Struct, frozen=True, array_like=True):
    """The command in flight to one side. `source`: the values it carries, as properties, as the source held them."""

    id: str
    revision: int
    verb: str
    values: dict[str, Any]
    expected: dict[str, Any]
    source: dict[str, Any]
    sent_at: int
    offset: int
    keys: dict[str, Any] = {}
    xref: str | None = None
    again: bool = False
    caused_by: str = ""
    version: int = 0  # the destination's version when it was made
    ref: str | None = None  # the record it is about, where that is not the one in the link's place
    beside: dict[str, Any] = {}  # of a create that replaces a record: what that one showed
    owed: tuple[str, ...] = ()  # of `source`: decided values that the source itself was still to be given


class Stuck(Struct, frozen=True, array_like=True):
    """A parked wish: its cause, and the values it would carry, so that the same wish is not sent again."""

    cause: str
    message: str
    attempts: int
    first_at: int
    wish: dict[str, Any]
    origin: tuple[str, int, int] | None = None


class Leaving(Struct, frozen=True, array_like=True):
    """A record whose place another has taken, until it has ended: as it was last seen."""

    ref: str
    flow: str
    image: dict[str, Any]
    version: int = 0
    again: bool = False
    # property → what its counterpart had agreed, and since when it shows otherwise
    agreed: dict[str, list[Any]] = {}


class Side(Struct, frozen=True, array_like=True):
    """One system seen from a link.

    `seen`: property → value, from `image`. `base`: property → the value this side showed when the property
    was last agreed (a missing name is 'no base', not null). `edited_at`: property → time of the first
    observation that shows a pending edit. `doubt`: property → [when the last attempt ended, version, values sent …]
    while no answer came; `unanswered`: that last command, sent again as it was if nothing else is wished.
    `refused` and `normalised`: property → [value sent, message or value kept].
    """

    ref: str | None = None
    former: tuple[str, ...] = ()
    image: dict[str, Any] | None = None
    version: int = 0
    read_at: int = 0
    updated_at: int | None = None
    answer_at: int = 0
    answer_updated: int | None = None
    gone: int = 0  # when the record was seen to be gone; 0 = it is there
    missing: int = 0  # when a write met 404 for the first time
    seen: dict[str, Any] = {}
    base: dict[str, Any] = {}
    edited_at: dict[str, int] = {}
    doubt: dict[str, list[Any]] = {}
    refused: dict[str, list[Any]] = {}
    normalised: dict[str, list[Any]] = {}
    flight: Flight | None = None
    stuck: Stuck | None = None
    revision: int = 0
    retry_at: int = 0
    tries: int = 0
    again: bool = False  # a create was sent and its answer is in doubt: look first
    taken: tuple[str, ...] = ()  # refs a create's look-up found, that stand in other links
    unanswered: Flight | None = None
    overwrote: tuple[str, ...] = ()  # commands of which it is known that they went over an edit
    ours: dict[str, list[Any]] = {}  # property → values once in doubt: met beneath a write, they are no edit
    counted: dict[str, str] = {}  # kind → the minute in which a breaker last counted this link
    edited_from: dict[str, int] = {}  # property → the earliest time its pending edit can be of
    first_try: int = 0  # when the create was first sent whose answer is in doubt
    flow: str = ""  # the flow its record is of while that is not the link's: it is to be replaced
    leaving: Leaving | None = None  # the record that had this place before, until it has ended
    entered: dict[
        str, list[Any]
    ] = {}  # property → [value, from, at] edited on that one, until this side shows it
    why: str = ""  # what the last attempt to write was told, while there is no answer for good
    login_at: int = 0  # since when the login of its writes is refused
    parked: tuple[int, int] = (0, 0)  # since when, and how often tried, before a person had it tried again
    made_with: dict[str, list[Any]] = {}  # `doubt` of a create that is to replace the record


class LinkRow(Struct, frozen=True, array_like=True):
    """One link. `forced`: property → [value, sides that must still take it], decided by a person or a restore."""

    id: str
    flow: str
    flow_version: int
    invoiced: Side = Side()
    crm: Side = Side()
    matched_by: str = ""
    hold: dict[str, str] = {}  # direction → why nothing is written there (gate, pause, breaker)
    waiting: str = ""
    review: str = ""
    paused: bool = False
    forced: dict[str, list[Any]] = {}
    conflicts: dict[str, str] = {}  # property → id of the recorded conflict that is not settled yet
    retired: bool = False
    joined: int = 0  # when its second place was filled
    newest: str = ""  # the side whose record was updated later when they first met, while that still counts
    lines: dict[str, list[str | None]] = {}  # a line's key → its id in Invoiced, in the CRM


_encoder = msgspec.msgpack.Encoder()
_ref = msgspec.msgpack.Decoder(RefRow)
_link = msgspec.msgpack.Decoder(LinkRow)


def encode(row: Struct) -> bytes:
    """A row as it is kept."""
    return FORMAT + _encoder.encode(row)


class FormatError(Exception):
    """A row that this version cannot read, and must not misread: it is no fault of an entry of the log."""


def content(data: bytes, key: bytes) -> bytes:
    """The row behind its format byte."""
    if data[:1] != FORMAT:
        raise FormatError(
            f"row {key.decode()!r} begins with {data[:1]!r}, this version reads {FORMAT!r}: a newer one has written it; "
            "run that one again, the state is as it was"
        )
    return data[1:]


def decode_ref(data: bytes, key: bytes = b"ref") -> RefRow:
    return _ref.decode(content(data, key))


def decode_link(data: bytes, key: bytes = b"link") -> LinkRow:
    return _link.decode(content(data, key))


def side_of(row: LinkRow, system: str) -> Side:
    return row.invoiced if system == "invoiced" else row.crm


def with_side(row: LinkRow, system: str, side: Side) -> LinkRow:
    if system == "invoiced":
        return msgspec.structs.replace(row, invoiced=side)
    return msgspec.structs.replace(row, crm=side)


UNREAD = " cannot be read: "


def unread(row: LinkRow) -> str:
    """Which of its records cannot be read, and why; empty where all can."""
    return row.waiting if UNREAD in row.waiting else ""


def other(system: str) -> str:
    return "crm" if system == "invoiced" else "invoiced"


def direction_to(system: str) -> str:
    return f"to-{system}"
