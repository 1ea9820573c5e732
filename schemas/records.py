"""The messages, as frozen values. Their Avro records stand in `schemas/avro`, their topics in `topics.py`.

A *ref* is `system:entity:id`. Times are milliseconds since 1970, UTC. An image is a flat mapping of a
record's properties as its system shows them, typed and unmodelled ones alike; nested objects are flattened
with dots (`metadata.fax`). Numbers are `Decimal` or `int`, never float. A name an image lacks is *unknown*;
`None` is *empty*.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

Json = None | bool | int | str | Decimal | list["Json"] | dict[str, "Json"]
Image = Mapping[str, Json]
System = Literal["invoiced", "crm"]


class Source(Struct, frozen=True):
    """Where and when a version was read. `read_at` is when its request began, by the connector's clock."""

    system: str
    entity: str
    id: str
    read_at: int
    epoch: int
    updated_at: int | None = None
    scan_id: str | None = None


class Change(Struct, frozen=True):
    """One observed version of a record. `op`: c(reate), u(pdate), d(elete), r(ead by backfill)."""

    op: Literal["c", "u", "d", "r"]
    ref: str
    version: int
    source: Source
    observed_at: int
    before: Image | None = None
    after: Image | None = None
    changed: tuple[str, ...] = ()


Verb = Literal["create", "update", "delete"]


class Command(Struct, frozen=True):
    """What one side must become. `values` and `expected` carry the destination's own property names.

    `values[name] is None` clears; a name not in `changed` stays untouched. `expected` holds, for the changed
    names, what the destination showed when the command was made. `keys` (create only): natural keys to look
    up first. `xref`: the cross-reference a create writes. `again`: it was sent before, so look first.
    """

    id: str
    tenant: str
    link_id: str
    system: str
    flow: str
    entity: str
    verb: Verb
    revision: int
    ref: str | None = None
    changed: tuple[str, ...] = ()
    values: Mapping[str, Json] = {}
    expected: Mapping[str, Json] = {}
    keys: Mapping[str, Json] = {}
    xref: str | None = None
    again: bool = False
    flow_version: int = 1
    caused_by: str = ""


Outcome = Literal[
    "done",  # applied (or already so); image is what the API returned
    "found",  # a create looked first and found these records; nothing was written
    "stale",  # the destination holds neither expected nor target; image is what it holds; nothing written
    "refused",  # the API refused; `refused` names properties, else the whole record (message says why)
    "gone",  # 404: the record does not exist
    "held",  # its flow and direction is closed; no HTTP was made
    "superseded",  # its revision is not above the link's last one
    "retry_at",  # tries ended without an answer worth keeping; try again at `retry_at`
    "unsupported",  # the sink cannot carry it out (unknown name, too large)
    "overwritten",  # done, but the event of our write shows a value there that was not expected: see `previous`
]


class Found(Struct, frozen=True):
    """A record a create's look-up met."""

    ref: str
    image: Image
    updated_at: int | None = None


class Result(Struct, frozen=True):
    """What came of a command. `read_at` is when the answer had arrived, by the connector's clock."""

    command_id: str
    tenant: str
    link_id: str
    system: str
    revision: int
    outcome: Outcome
    read_at: int
    epoch: int = 0
    verb: str = "update"
    ref: str | None = None
    image: Image | None = None
    updated_at: int | None = None
    refused: Mapping[str, str] = {}
    found: tuple[Found, ...] = ()
    previous: Mapping[str, Json] = {}
    normalised: tuple[str, ...] = ()
    retry_at: int | None = None
    cause: str | None = None
    message: str | None = None
    attempts: int = 1
    wrote: bool = False


class LogEnd(Struct, frozen=True):
    """The end of one partition: the offset the next record will get."""

    topic: str
    topic_id: str
    partition: int
    offset: int


class RoundBegun(Struct, frozen=True):
    """Appended before a round's first request."""

    id: str
    system: str
    entity: str
    epoch: int
    scan: bool = False


class RoundPassed(Struct, frozen=True):
    """Appended after a round's last ack. `complete`: this entity has been read whole at least once."""

    begun: str
    system: str
    entity: str
    epoch: int
    ends: tuple[LogEnd, ...]
    scan: bool = False
    complete: bool = False
    published: int = 0
    skew_ms: int = 0


class Position(Struct, frozen=True):
    """How far intake has forwarded one partition: the next offset it will read."""

    topic: str
    topic_id: str
    partition: int
    next_offset: int


class Decision(Struct, frozen=True):
    """What a person decided, with its content; done once by its id."""

    id: str
    verb: str
    args: Mapping[str, Json] = {}


class Nudge(Struct, frozen=True):
    """Something may have unblocked this row: compute it anew. Without a link: the tenant's due rows."""

    reason: str
    link_id: str | None = None


class Question(Struct, frozen=True):
    """Asked through the log, answered from the state as of that position (topic `control`, key `answer`)."""

    id: str
    what: str
    args: Mapping[str, Json] = {}


class Continue(Struct, frozen=True):
    """The rest of an event's work; appended by sync itself."""

    id: str


class Restore(Struct, frozen=True):
    """One row of the public `links` topic, read back while catching up."""

    link_id: str
    row: Mapping[str, Json]


class Unreadable(Struct, frozen=True):
    """A record or page the source showed and nobody can read."""

    system: str
    entity: str
    cause: str
    ref: str | None = None
    page: str | None = None


Body = (
    Change
    | Result
    | RoundBegun
    | RoundPassed
    | Position
    | Decision
    | Nudge
    | Question
    | Continue
    | Restore
    | Unreadable
)


class Origin(Struct, frozen=True):
    """Where a record stands in Kafka."""

    topic: str
    partition: int
    offset: int


class Event(Struct, frozen=True):
    """One entry of `sync.in`, as `step` sees it. `at` is its LogAppendTime, `offset` its place in the log."""

    id: str
    tenant: str
    at: int
    offset: int
    body: Body
    origin: Origin | None = None


class Link(Struct, frozen=True):
    """The public view of one link and its backup: `row` is the whole row as JSON text."""

    link_id: str
    flow: str
    flow_version: int
    state: str
    at: int
    invoiced: str | None = None
    crm: str | None = None
    former: tuple[str, ...] = ()
    matched_by: str | None = None
    hold: str | None = None
    cause: str | None = None
    row: str = ""


class Unlinked(Struct, frozen=True):
    """A record that stands in no link: why, and what it could be joined with. Tombstone when linked."""

    ref: str
    state: str
    at: int
    cause: str
    flow: str | None = None
    candidates: tuple[str, ...] = ()
    image: Image | None = None


class Conflict(Struct, frozen=True):
    """One property edited on both sides: what each side held, and how it was decided."""

    id: str
    link_id: str
    flow: str
    property: str
    policy: str
    winner: str
    at: int
    base: Json = None
    invoiced: Json = None
    crm: Json = None
    undecidable: bool = False


class Parked(Struct, frozen=True):
    """The view of a wish that cannot be applied. Tombstone when it can."""

    id: str
    link_id: str
    flow: str
    direction: str
    cause: str
    message: str
    attempts: int
    first_at: int
    origin: Origin | None = None


class Control(Struct, frozen=True):
    """What sync says to connectors and the CLI: a named JSON text."""

    key: str
    at: int
    json: str


class Cursor(Struct, frozen=True):
    """How far a poller has read one entity: a named JSON text."""

    key: str
    json: str


class Trying(Struct, frozen=True):
    """Noted before a command's first attempt, so that whoever comes after a crash knows to look first."""

    command_id: str
    revision: int
    epoch: int
    at: int


class Applied(Struct, frozen=True):
    """A sink's memory of one link: the attempt that was begun, and the last result whole."""

    link_id: str
    trying: Trying | None = None
    result: Result | None = None
