"""What sync shows: public views for other teams, control for connectors and the CLI, cursors of the pollers."""

from msgspec import Struct

from schemas.changes import Image, Json
from schemas.log import Origin


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
