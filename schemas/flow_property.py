"""One value kept in step: where it stands on either side, how it is read, and who wins."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

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
    "name",
    "instant",
    "amount",
]
Direction = Literal["both", "to-crm", "to-invoiced"]
ConflictPolicy = Literal["newest", "invoiced", "crm", "manual"]
OnFarEdit = Literal["restored", "ignored"]

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One value kept in step."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: Annotated[str, Field(description="Our name for it, in lists, conflicts and rules.")]
    invoiced: Annotated[
        str,
        Field(
            description="Its name in Invoiced; `metadata.fax` is a custom field. It must be a field of Invoiced's. Only an "
            "archive may leave it out: then Invoiced has no archive, its record is there or deleted."
        ),
    ] = ""
    crm: Annotated[
        str | tuple[str, ...],
        Field(
            description="Its name in the CRM; a `name` has two: first and last name. An archive has two, active and "
            "deleted, or only the latter. A field that is not the reference CRM's is declared in the CRM's profile."
        ),
    ]
    type: Annotated[
        FieldType,
        Field(
            description="How values are read and compared: e-mail addresses without regard to case, phone numbers "
            "by their digits; a `reference` names another record, an `archive` says whether it is in use, a `name` "
            "is one text in Invoiced and two in the CRM: what is written there is split before its last word, and "
            "a split that gives the same name stays. An `instant` is a time, an `amount` what a list of Invoiced's "
            "(discounts, taxes) comes to: it is only written there while the list has at most one fixed amount."
        ),
    ] = "text"
    direction: Annotated[Direction, Field(description="Which way it goes.")] = "both"
    conflict: Annotated[
        ConflictPolicy | None,
        Field(description="Who wins where both sides edited it; else the flow's policy says."),
    ] = None
    on_far_edit: Annotated[
        OnFarEdit, Field(description="What becomes of an edit on the far side of a one-way property.")
    ] = "restored"
    refers: Annotated[
        str | tuple[str, ...] | None,
        Field(
            description="A reference's flow: of the entity that the field names. Where the CRM has a field for each kind of "
            "record, both are lists in the same order: `crm: [CustomerId, ContactId]`, `refers: [customer, person]`."
        ),
    ] = None
    required: Annotated[
        bool,
        Field(
            description="A reference without which no counterpart is made: the record waits for its parent's. Any "
            "other reference follows as an update."
        ),
    ] = False
    fixed: Annotated[
        bool,
        Field(
            description="Set once, by a create. An edit of it in the CRM is set back to what Invoiced shows, and listed."
        ),
    ] = False

    def targets(self) -> tuple[str, ...]:
        """The flows whose records a reference may name."""
        return self.refers if isinstance(self.refers, tuple) else (self.refers,) * bool(self.refers)  # type: ignore[return-value]  # none where there is none
