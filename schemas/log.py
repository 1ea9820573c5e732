"""The entries of a tenant's one log."""

from collections.abc import Mapping

from msgspec import Struct

from schemas.changes import Change, Json
from schemas.commands import Result


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
    """One thing read back from the public topics while catching up, in the run of that name.

    `what`: a `link`, an `unlinked` record (`link_id` is its ref) or a `gate`; `over` ends the run.
    """

    link_id: str
    row: Mapping[str, Json]
    what: str = "link"
    run: str = ""


class Unreadable(Struct, frozen=True):
    """A record or page the source showed and nobody can read; an empty cause: it can be read again.

    `page`: `live`, `scan`, `login`, `record` (one without an id), or `missing`: a complete scan lacks `count`
    records, too many to be believed. `merged`: the record named is gone since its source told of a merge.
    """

    system: str
    entity: str
    cause: str
    ref: str | None = None
    page: str | None = None
    count: int = 0


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
