"""What a flow is: which records of the two systems are kept in step, property by property, and by which policies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import ConfigDict

FieldType = Literal[
    "text",
    "email",
    "phone",
    "country",
    "language",
    "currency",
    "boolean",
    "decimal",
    "reference",
    "archive",
]
Direction = Literal["both", "to-crm", "to-invoiced"]
ConflictPolicy = Literal["newest", "invoiced", "crm", "manual"]
OnFarEdit = Literal["restored", "ignored"]
Verdict = Literal["join", "review"]
SystemName = Literal["invoiced", "crm"]

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One system's end of a flow: `when` picks its records by value, `create` is written with every create."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    entity: str
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    create: Mapping[str, str | bool | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One value kept in step. `conflict` None: the flow's policy decides."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    invoiced: str
    crm: str | tuple[str, ...]
    type: FieldType = "text"
    direction: Direction = "both"
    conflict: ConflictPolicy | None = None
    on_far_edit: OnFarEdit = "restored"
    refers: str | None = None
    max_length: int | None = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Two records match when all `keys` agree. `unique`: only if no other record on either side has them."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    keys: tuple[str, ...]
    verdict: Verdict = "join"
    unique: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """Whether a record without a counterpart makes one, by direction."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    to_crm: bool = True
    to_invoiced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What happens where the two systems disagree. The defaults are the documented ones."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    conflict: ConflictPolicy = "newest"
    tie: SystemName = "invoiced"
    first_match: Literal["invoiced", "crm", "newest"] = "invoiced"
    create: Creation = Creation()
    delete: Literal["archive", "delete", "unlink", "ignore"] = "archive"
    rejected: Literal["flag", "revert"] = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A pair of entities kept in step. `barrier`: the entities to be read whole before anything is created."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    version: int
    invoiced: Side
    crm: Side
    barrier: Mapping[SystemName, tuple[str, ...]]
    properties: tuple[Property, ...]
    rules: tuple[Rule, ...]
    policy: Policy = Policy()
