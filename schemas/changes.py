"""What was seen: one observed version of one record, and the values images are made of."""

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
