"""How a CRM's REST API is reached: everything that differs from one CRM to the next, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

Meaning = Literal["rejected", "login", "gone", "duplicate", "stale", "throttled", "retry"]
TimeFormat = Literal["rfc3339", "unix-seconds", "unix-millis"]

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """`bearer` and `basic` use the Authorization header; `header` sends the key bare in `header`."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    scheme: Literal["bearer", "basic", "header"]
    header: str = "Authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """`link` follows rel="next"; `page` counts from `first`; `offset` counts records; `token` reads `next`.

    `next` (token only): where in the envelope the next page's token stands.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    style: Literal["link", "page", "offset", "token"]
    per_page: int
    parameter: str = "page"
    per_page_parameter: str = "per_page"
    first: int = 1
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorField:
    """What tells a changed record. `inclusive`: `parameter=T` also answers records of exactly T."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    field: str
    format: TimeFormat
    parameter: str
    inclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Where records stand in an answer, as dotted paths; null where the body is the list or the record."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    list: str | None = None
    record: str | None = None
    total_header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioning:
    """How a write is tied to the version that was read; without a `header` no write can be."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    field: str | None = None
    header: str | None = None
    quoted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """The verbs. `update_body`: `changed` sends changed properties only, `whole` sends the whole record."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    create: Literal["POST", "PUT"] = "POST"
    update: Literal["PATCH", "PUT", "POST"] = "PATCH"
    update_body: Literal["changed", "whole"] = "changed"
    content_type: str = "application/json"
    idempotency_header: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """How a record is archived and brought back, how its state shows, and what makes lists include it.

    `by` delete: DELETE archives; update: `archived` is written. `restore`: what an update writes to bring it back.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    by: Literal["delete", "update"]
    flag: str | None = None
    archived: Mapping[str, bool | str] = field(default_factory=dict)
    restore: Mapping[str, bool | str] = field(default_factory=dict)
    include: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalId:
    """Where our cross-reference is kept; `field` null: the CRM cannot keep one. `parameter` filters by it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    field: str | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineList:
    """A list of lines inside a record: its name, and the field of a line that is its id. A write names the full set."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of record: its path, and the parameters its natural keys can be looked up by.

    `properties` renames and declares: our name to the CRM's own, where they differ or the field is not the reference's;
    a flow names no other fields. `parent`: the parameter that lists by parent.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    path: str
    filters: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    lines: LineList | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """What each status means (`5xx` for all of a hundred), and where in the body the details stand."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    status: Mapping[str, Meaning]
    code: str | None = None
    message: str | None = None
    field: str | None = None
    existing_id: str | None = None

    def meaning(self, status: int) -> Meaning | None:
        """What a status means; None when the profile says nothing about it."""
        return self.status.get(str(status)) or self.status.get(f"{status // 100}xx")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What we allow ourselves, and the header that tells how long to wait when refused."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    requests_per_s: float
    in_flight: int = 8
    retry_after_header: str = "Retry-After"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One CRM. Its host and key are settings (`TANDEM_CRM__URL`, `TANDEM_CRM__API_KEY`), never part of this."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    auth: Auth
    paging: Paging
    cursor: CursorField
    entities: Mapping[str, Entity]
    archive: Archive
    errors: Errors
    rate: RateLimit
    base_path: str = ""
    id_field: str = "Id"
    envelope: Envelope = Envelope()
    version: Versioning = Versioning()
    writes: Writes = Writes()
    external_id: ExternalId = ExternalId()
