"""What a flow is: which records of the two systems are kept in step, property by property, and by which policies.

The meaning of every field stands beside it and is printed in docs/reference/flows.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from schemas.flow_property import ConflictPolicy, Property

Verdict = Literal["join", "review"]
SystemName = Literal["invoiced", "crm"]
FirstMatch = Literal["invoiced", "crm", "newest"]
Presence = Literal["empty", "filled"]
DeletePolicy = Literal["archive", "delete", "unlink", "ignore"]

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One system's end of a flow."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    entity: Annotated[
        str, Field(description="The entity: `customer`, `contact`, `item` (Invoiced), `product` (the CRM).")
    ]
    when: Annotated[
        Mapping[str, Presence | tuple[str, ...]],
        Field(
            description="Which of its records belong to this flow: field of the API and the values it may have, "
            "or that it is `empty` or `filled`. What the flow makes must belong to it: `create` says so, or a property."
        ),
    ] = field(default_factory=dict)
    without: Annotated[
        Mapping[str, tuple[str, ...]],
        Field(
            description="Which of its records do not belong to this flow: field and the values that keep it out."
        ),
    ] = field(default_factory=dict)
    create: Annotated[
        Mapping[str, str | bool | int],
        Field(
            description="What is written with every create, beside the mapped properties; of a property it names, "
            "whatever its value: an invoice is born as a draft."
        ),
    ] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines that live inside a record: a list of it, of which each entry is kept in step by itself."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    invoiced: Annotated[str, Field(description="The list in Invoiced: `items`.")]
    crm: Annotated[str, Field(description="The list in the CRM: `Lines`.")]
    properties: Annotated[
        tuple[Property, ...],
        Field(description="What is kept in step of each line; fields of one entry of the list."),
    ]
    invoiced_id: Annotated[str, Field(description="Which field of a line is its id in Invoiced.")] = "id"
    crm_id: Annotated[str, Field(description="Which field of a line is its id in the CRM.")] = "LineId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How records that belong together are found, in order; the first rule that matches decides."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: Annotated[str, Field(description="Its name, shown as `matched_by`.")]
    keys: Annotated[tuple[str, ...], Field(description="Properties that must all agree and be filled.")]
    verdict: Annotated[
        Verdict, Field(description="`join` links the two; `review` leaves it to a person.")
    ] = "join"
    unique: Annotated[
        bool,
        Field(description="Only if no other record on either side has these values; a `join` must say so."),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """Whether a record without a counterpart makes one, by direction."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    to_crm: Annotated[bool, Field(description="Invoiced's records are created in the CRM.")] = True
    to_invoiced: Annotated[bool, Field(description="The CRM's records are created in Invoiced.")] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What happens where the two systems disagree."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    conflict: Annotated[
        ConflictPolicy,
        Field(
            description="Both sides edited a property: the later edit wins, one system does, or it waits for "
            "`tandem conflicts resolve`. The value that lost is listed in any case."
        ),
    ] = "newest"
    tie: Annotated[SystemName, Field(description="Who wins where time cannot tell which edit was later.")] = (
        "invoiced"
    )
    first_match: Annotated[
        FirstMatch,
        Field(
            description="Two records are joined and differ: whose values stand. Empty never wins; "
            "what is overwritten is listed."
        ),
    ] = "invoiced"
    create: Annotated[Creation, Field(description="Where records without a counterpart are created.")] = (
        Creation()
    )
    delete: Annotated[
        DeletePolicy,
        Field(
            description="A record is deleted: its counterpart is archived, deleted, parted from it (what stays is "
            "left to a person) or kept while the link waits."
        ),
    ] = "archive"
    rejected: Annotated[
        Literal["flag", "revert"],
        Field(
            description="A system refuses a value for good: it is listed and the sides differ, or the source is set "
            "back to what was agreed and the refused value is listed."
        ),
    ] = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A pair of entities kept in step."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: Annotated[str, Field(description="Its name in every command and list.")]
    version: Annotated[int, Field(description="Counted up with every change; links are then computed anew.")]
    invoiced: Annotated[Side, Field(description="Invoiced's end.")]
    crm: Annotated[Side, Field(description="The CRM's end.")]
    barrier: Annotated[
        Mapping[SystemName, tuple[str, ...]],
        Field(
            description="The entities of each system that are read before anything is joined by rule or created."
        ),
    ]
    properties: Annotated[tuple[Property, ...], Field(description="What is kept in step.")]
    rules: Annotated[tuple[Rule, ...], Field(description="How records that belong together are found.")]
    policy: Annotated[Policy, Field(description="What happens where the two systems disagree.")] = Policy()
    parent: Annotated[
        str | None,
        Field(
            description="The required reference below whose record Invoiced keeps this one: it cannot be changed there, "
            "so another parent means a new record in the place of the old one."
        ),
    ] = None
    lines: Annotated[
        Lines | None,
        Field(
            description="The lines inside the record. A line is known by its id on either side, never by its place: a new "
            "one is added on the other side, a removed one is removed there, and values are merged line by line."
        ),
    ] = None
