"""Which request a command needs next, decided from what is known; every rule about writing stands in this file.

Before anything is sent (`begin`), the first line that holds:

| the link's memory, the gate | then |
|---|---|
| the command's own result, and it is final or answers this very sending | the same result again |
| a higher revision, or this one under another id | `superseded` |
| its flow and direction is closed, or its link paused | `held` |
| an attempt of this command, or it says `again` | go, doubtful |
| nothing of it | go |

An update (`step`), the first line that holds:

| known | then |
|---|---|
| every name is refused | `refused` |
| nothing seen, and doubtful, or the write needs the present record | look |
| nothing seen | write, tied to the version held |
| the record is gone | `gone`, or made anew if it was deleted for that (`connectors/replacing.py`) |
| all names are at their target | `done` |
| the rest shows what was expected | write the rest; if no write takes it, make the record anew |
| the rest changed in our own attempts' window, by us alone as far as anyone can tell | `done`, normalised |
| else | `stale` |

A create: search; found by our own cross-reference after a doubtful attempt: `done`; found at all: `found`; else
post. A delete: look; what is gone or archived is `done`, what shows an edit is `stale`; else delete.
"""

from typing import assert_never

import msgspec

from connectors import replacing
from connectors.below import candidates
from connectors.look import Look, all_plausible, off_target, unanswered, unexpected
from connectors.standing import (
    WRITES,
    Abilities,
    AskAuthor,
    Authorship,
    Finish,
    LookAt,
    NoteWhole,
    Opening,
    Post,
    Recreate,
    Remove,
    Search,
    SearchBy,
    Standing,
    Step,
    TakeDown,
    Write,
    replacing_too,
)
from schemas.records import Applied, Command, Image, Outcome, Result, Trying

__all__ = [
    "FINAL",
    "WRITES",
    "Abilities",
    "AskAuthor",
    "Authorship",
    "Finish",
    "LookAt",
    "NoteWhole",
    "Opening",
    "Post",
    "Recreate",
    "Remove",
    "Search",
    "SearchBy",
    "Standing",
    "Step",
    "TakeDown",
    "Write",
    "begin",
    "lost",
    "refused",
    "step",
]
FINAL: frozenset[Outcome] = frozenset({"done", "found", "stale", "refused", "gone", "unsupported"})


def begin(command: Command, memory: Applied | None, *, open_: bool) -> Result | Opening:
    """Return what a command is answered before any request, or how to go about it."""
    result = memory.result if memory is not None else None
    trying = memory.trying if memory is not None else None
    if result is not None and result.command_id == command.id:
        repeated = not command.again or 0 < command.sent <= result.sent
        if result.outcome in FINAL or repeated:
            return result
    for past_id, revision in _past(result, trying):
        if revision > command.revision or (revision == command.revision and past_id != command.id):
            return "superseded"
    if not open_:
        return "held"
    tried = trying is not None and trying.command_id == command.id
    return "doubtful" if tried or command.again else "go"


def _past(result: Result | None, trying: Trying | None) -> list[tuple[str, int]]:
    found = [(result.command_id, result.revision)] if result is not None else []
    return found + ([(trying.command_id, trying.revision)] if trying is not None else [])


def step(standing: Standing) -> Step:
    """Return what to do next."""
    match standing.command.verb:
        case "update":
            return _update(standing)
        case "create":
            return _create(standing)
        case "delete":
            return _delete(standing)
        case _ as never:
            assert_never(never)


def _update(now: Standing) -> Step:
    command, look = now.command, now.look
    names = frozenset(command.changed) - now.refused.keys()
    if not names and command.changed and not replacing.owed(now):
        return Finish("refused", now.answered or look)
    if look is None:
        return _unseen(now, names)
    if look.image is None:
        return replacing.absent(now, look, names)
    return _present(now, look, look.image, names) if names or not command.changed else Finish("refused", look)


def _present(now: Standing, look: Look, image: Image, names: frozenset[str]) -> Step:
    off = off_target(image, now.command, names - now.sent)
    if not off:
        return Finish("done", look, normalised=off_target(image, now.command, now.sent - now.refused.keys()))
    foreign = unexpected(image, now.command, off)
    if not foreign:
        return replacing.present(now, look) if off & now.abilities.replaces else Write(off, look.version)
    return _foreign(now, look, foreign)


def _unseen(now: Standing, names: frozenset[str]) -> Step:
    if now.doubtful or now.abilities.needs_present or now.wrote or not names:
        return LookAt()
    if now.abilities.versioned and now.version is None:
        return LookAt()
    return Write(names, now.version)


def _foreign(now: Standing, look: Look, foreign: frozenset[str]) -> Step:
    """Something else than expected stands there: our own write, normalised by the API, or somebody's edit."""
    image = look.image or {}
    ours = now.doubtful and now.window is not None and now.window.holds(look.updated_at)
    if not ours or not all_plausible(image, now.command.values, foreign):
        return Finish("stale", look)
    normalised = Finish("done", look, normalised=foreign)
    if now.abilities.versioned:
        first = now.tried.version if now.tried is not None else None
        return normalised if _one_later(first, look.version) else Finish("stale", look)
    if replacing.made_by_us(now, look):
        return normalised
    if not now.abilities.has_events:
        return Finish("stale", look)
    if now.author is None:
        return AskAuthor()
    return normalised if now.author == "ours" else Finish("stale", look)


def _one_later(first: str | None, present: str | None) -> bool:
    return first is not None and present is not None and first.isdigit() and present == str(int(first) + 1)


def _create(now: Standing) -> Step:
    if now.answered is not None:
        return Finish("done", now.answered)
    for by in now.abilities.searches if not now.doubtful else _after_doubt(now.abilities):
        if by not in now.searched:
            return Search(by)
        found = now.searched[by]
        if by == "xref" and now.doubtful and len(found) == 1:
            at = now.tried.at if now.tried is not None else 0
            return Finish("done", unanswered(found[0], now.command, at), ref=found[0].ref)
        if by == "parent":
            found = candidates(found, now.command, now.tried, doubtful=now.doubtful)
        if found:
            return Finish("found", found=found)
    nothing_left = now.refused and not frozenset(now.command.changed) - now.refused.keys()
    return Finish("refused") if nothing_left or now.refused.keys() & now.abilities.fixed else Post()


def _after_doubt(abilities: Abilities) -> tuple[SearchBy, ...]:
    first: tuple[SearchBy, ...] = ("xref",) if abilities.xref_search else ()
    return first + tuple(by for by in abilities.searches if by != "xref")


def _delete(now: Standing) -> Step:
    look = now.look
    if look is None:
        return LookAt()
    # A DELETE that was answered is done, even where the API does not show it as a state.
    if (now.wrote and not now.doubtful) or look.image is None or look.image.get("IsDeleted") is True:
        return Finish("done", look)
    edited = unexpected(look.image, now.command, now.command.expected)
    return Finish("stale", look) if edited else Remove(look.version)


def refused(now: Standing, field: str | None, reason: str) -> Standing | Finish:
    """Return how it stands after the API refused a write: the named property is flagged, the rest goes on."""
    left = frozenset(now.command.changed) - now.refused.keys()
    if field is None or field not in left:
        return Finish("refused", now.answered or now.look, message=reason)
    if field in now.abilities.perhaps - now.abilities.replaces:
        return msgspec.structs.replace(now, abilities=replacing_too(now.abilities, field), look=None)
    # A key that is taken: whoever holds it may be the record we are to create, so it is searched again.
    taken = field in now.command.keys or field in now.abilities.fixed
    searched = {} if taken else now.searched
    return msgspec.structs.replace(now, refused={**now.refused, field: reason}, searched=searched)


def lost(now: Standing, *, write: bool, doubtful: bool) -> Standing:
    """Return how it stands after a try without an answer: what was seen before it is no longer known."""
    if not (write and doubtful):
        return now
    return msgspec.structs.replace(now, doubtful=True, look=None, searched={}, author=None, wrote=True)
