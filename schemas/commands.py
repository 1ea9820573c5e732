"""What is to be written, what came of it, and what a sink remembers of it."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from schemas.changes import Image, Json

Verb = Literal["create", "update", "delete"]


class Command(Struct, frozen=True):
    """What one side must become. `values` and `expected` carry the destination's own property names.

    `values[name] is None` clears; a name not in `changed` stays untouched. `expected` holds, for the changed
    names, what the destination showed when the command was made. `keys` (create only): natural keys to look
    up first. `xref`: the cross-reference a create writes. `again`: it was sent before, so look first;
    `sent`: when, in the log's time, so that a delivery is told from a sending. A result names the one it answers.
    `parent`: the ref, in the destination, of the record below which it lives (a contact's customer): of the new one
    for a create, of the present one else. `lines`: the destination's ids of the lines it has, by their keys; a name
    below another key (`items.3`, `items.3.quantity`) is of a line that is to be added.
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
    parent: str | None = None
    sent: int = 0
    lines: Mapping[str, str] = {}


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
    """What came of a command. `read_at` is when the answer had arrived, by the connector's clock.

    `resent`: values that were sent though nobody wanted them changed, since the record was made anew, and that the
    API has changed. `lines`: the ids of lines by their keys, those that were added included.
    """

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
    sent: int = 0
    resent: Mapping[str, Json] = {}
    lines: Mapping[str, str] = {}


class Trying(Struct, frozen=True):
    """Noted before a command's first attempt, so that whoever comes after a crash knows to look first.

    `at` is our clock, `skew_ms` how far the system's clock was ahead of it. `version` is what the first write was
    tied to. `expected` outlives the result: the event of our write is compared with it. `whole` is the JSON text of
    the whole raw record a write deletes and makes anew (an item's price), so that a crash in between loses nothing.
    """

    command_id: str
    revision: int
    epoch: int
    at: int
    skew_ms: int = 0
    version: str | None = None
    expected: Mapping[str, Json] = {}
    whole: str | None = None


class Applied(Struct, frozen=True):
    """A sink's memory of one link: the attempt that was begun, and the last result whole."""

    link_id: str
    trying: Trying | None = None
    result: Result | None = None
