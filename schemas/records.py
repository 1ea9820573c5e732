"""The messages, as frozen values. Their Avro records stand in `schemas/avro`, their topics in `topics.py`.

A *ref* is `system:entity:id`. Times are milliseconds since 1970, UTC. An image is a flat mapping of a
record's properties as its system shows them, typed and unmodelled ones alike; nested objects are flattened
with dots (`metadata.fax`). Numbers are `Decimal` or `int`, never float. A name an image lacks is *unknown*;
`None` is *empty*.
"""

from schemas.changes import Change, Image, Json, Source, System
from schemas.commands import Applied, Command, Found, Outcome, Result, Trying, Verb
from schemas.log import (
    Body,
    Continue,
    Decision,
    Event,
    LogEnd,
    Nudge,
    Origin,
    Position,
    Question,
    Restore,
    RoundBegun,
    RoundPassed,
    Unreadable,
)
from schemas.views import Conflict, Control, Cursor, Link, Parked, Unlinked

__all__ = [
    "Applied",
    "Body",
    "Change",
    "Command",
    "Conflict",
    "Continue",
    "Control",
    "Cursor",
    "Decision",
    "Event",
    "Found",
    "Image",
    "Json",
    "Link",
    "LogEnd",
    "Nudge",
    "Origin",
    "Outcome",
    "Parked",
    "Position",
    "Question",
    "Restore",
    "Result",
    "RoundBegun",
    "RoundPassed",
    "Source",
    "System",
    "Trying",
    "Unlinked",
    "Unreadable",
    "Verb",
]
