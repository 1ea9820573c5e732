"""What is known while a command is carried out, and the steps that may come next."""

from collections.abc import Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from connectors.look import Look, Window
from schemas.records import Command, Found, Outcome, Trying

Authorship = Literal["ours", "others", "unknown"]
SearchBy = Literal["key", "xref", "parent", "recent"]
Opening = Literal["superseded", "held", "doubtful", "go"]


class Abilities(Struct, frozen=True):
    """What the destination offers for this command.

    `replaces`: names no write takes, so that the record is deleted and made anew; `perhaps`: names of which that
    shows when a write of them is refused. `fixed`: names without which a create makes no sense.
    """

    versioned: bool = False
    has_events: bool = False
    needs_present: bool = False
    searches: tuple[SearchBy, ...] = ()
    xref_search: bool = False
    replaces: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


def looking(abilities: Abilities) -> Abilities:
    """Return the abilities where nothing is written before the record was looked at."""
    return msgspec.structs.replace(abilities, needs_present=True)


def replacing_too(abilities: Abilities, name: str) -> Abilities:
    """Return the abilities where this name, too, means making the record anew."""
    return msgspec.structs.replace(abilities, replaces=abilities.replaces | {name})


def by_xref_too(abilities: Abilities) -> Abilities:
    """Return the abilities where a record found by our cross-reference counts, too."""
    both: dict[SearchBy, None] = dict.fromkeys(("xref", *abilities.searches))
    return msgspec.structs.replace(abilities, searches=tuple(both))


class Standing(Struct, frozen=True):
    """All that is known while a command is carried out. `sent`: names whose write was answered.

    `whole`: the record as it stood when it was noted, to be deleted and made anew; `taken_down`: it may be deleted
    since; `notes`: how often it was noted. `rejection`: what the API said to the record made anew, and which name it meant, if any.
    """

    command: Command
    abilities: Abilities
    doubtful: bool = False
    look: Look | None = None
    version: str | None = None
    tried: Trying | None = None
    window: Window | None = None
    author: Authorship | None = None
    sent: frozenset[str] = frozenset()
    refused: Mapping[str, str] = {}
    searched: Mapping[str, tuple[Found, ...]] = {}
    answered: Look | None = None
    wrote: bool = False
    whole: str | None = None
    taken_down: bool = False
    rejection: tuple[str | None, str] | None = None
    notes: int = 0


class LookAt(Struct, frozen=True):
    """Read the record."""


class AskAuthor(Struct, frozen=True):
    """Read the record's events, to see whether anybody else has changed it."""


class Search(Struct, frozen=True):
    """Ask for records that may be what is to be created."""

    by: SearchBy


class Write(Struct, frozen=True):
    """Change these names, tied to a version if there is one."""

    names: frozenset[str]
    version: str | None = None


class Post(Struct, frozen=True):
    """Create the record."""


class Remove(Struct, frozen=True):
    """Delete the record, tied to a version if there is one."""

    version: str | None = None


class NoteWhole(Struct, frozen=True):
    """Remember the whole record durably, before it is deleted to be made anew."""

    whole: str


class TakeDown(Struct, frozen=True):
    """Delete the record that is to be made anew."""


class Recreate(Struct, frozen=True):
    """Make the noted record anew, with these of the command's names; none: as it was."""

    names: frozenset[str]


class Finish(Struct, frozen=True):
    """The command's outcome."""

    outcome: Outcome
    look: Look | None = None
    ref: str | None = None
    found: tuple[Found, ...] = ()
    normalised: frozenset[str] = frozenset()
    message: str | None = None


Step = LookAt | AskAuthor | Search | Write | Post | Remove | NoteWhole | TakeDown | Recreate | Finish
WRITES = (Write, Post, Remove, TakeDown, Recreate)
