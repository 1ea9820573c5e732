"""Making a record anew because some of its values cannot be changed: look, note it whole, delete, create.

The note is durable before the delete goes, so whoever comes after a crash at any point knows what to make anew:

| the record | a note is open | then |
|---|---|---|
| is there, as expected | of another state, or none | note it, and look again: an edit made meanwhile is noted, too |
| is there, as expected | of this state | delete it |
| is there, somebody changed it | any | `stale`; nothing is missing |
| is gone | none, or the delete itself was answered with 404 | `gone`: somebody deleted it |
| is gone | open | create it from the note, with the wanted values that were not refused |

What the API refuses of the new record is flagged; if it names nothing, first what made it necessary, then all of the
command: the record comes back as it was.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import simplejson

from connectors.image import flatten, same
from connectors.look import Look, plausible
from connectors.standing import Finish, NoteWhole, Recreate, Standing, Step, TakeDown
from schemas.records import Applied, Json, Outcome

CLOSING: frozenset[Outcome] = frozenset({"done", "found", "stale", "refused", "gone"})
STAMPS = frozenset({"created_at", "updated_at", "archived"})
MOST_NOTES = 3  # an API that never shows the same twice would be noted for ever


def open_note(memory: Applied | None) -> str | None:
    """Return the record that is noted and may be deleted: no result since has shown that it is there, or gone for good."""
    trying, result = (memory.trying, memory.result) if memory is not None else (None, None)
    if trying is None or trying.whole is None:
        return None
    over = result is not None and result.outcome in CLOSING and result.revision >= trying.revision
    return None if over else trying.whole


def noted(whole: str) -> dict[str, Any]:
    """Return the noted record."""
    record: dict[str, Any] = simplejson.loads(whole, use_decimal=True)
    return record


def named(whole: str) -> str:
    """Return the id of a noted record."""
    return str(noted(whole).get("id"))


def present(now: Standing, look: Look) -> Step:
    """Return how to go on with a record that is there and must be made anew."""
    if look.whole is None:
        return Finish("unsupported", look, message="the record was not shown whole, so it is not deleted")
    return TakeDown() if now.whole == look.whole else NoteWhole(look.whole)


def as_noted(now: Standing, whole: str) -> dict[str, Any]:
    """Return what changes with a note. The delete follows a look that shows what is noted, or the last of a few."""
    look = None if now.notes < MOST_NOTES - 1 else now.look
    return {"whole": whole, "taken_down": False, "notes": now.notes + 1, "look": look}


def absent(now: Standing, look: Look, names: frozenset[str]) -> Step:
    """Return how to go on with a record that is gone."""
    return Recreate(names) if now.whole is not None and now.taken_down else Finish("gone", look)


def owed(now: Standing) -> bool:
    """Tell whether a record may be missing that we have to bring back, whatever else is closed."""
    return now.whole is not None and now.taken_down and now.answered is None


def rejected(now: Standing, field: str | None, reason: str) -> Standing:
    """Return how it stands after the new record was refused: somebody may have taken its place, so it is looked at."""
    return msgspec.structs.replace(now, rejection=(field, reason), look=None)


def after_look(now: Standing, look: Look) -> Standing | None:
    """Return how it stands after a look at a record whose successor was refused; None: even as it was it is refused."""
    if look.image is not None and now.whole is not None and not now.taken_down:
        return now  # noted just now
    if look.image is not None:
        kept = (
            now.whole if now.doubtful else None
        )  # it is there: only a lost answer of ours makes the note matter
        return msgspec.structs.replace(now, rejection=None, whole=kept, taken_down=kept is not None)
    if now.rejection is None:
        return now
    field, reason = now.rejection
    left = frozenset(now.command.changed) - now.refused.keys()
    flagged = frozenset({field}) & left or left & now.abilities.replaces or left
    if flagged:
        refused = {**now.refused, **dict.fromkeys(sorted(str(name) for name in flagged), reason)}
        return msgspec.structs.replace(now, rejection=None, refused=refused)
    if now.whole is None or field is None or field in {"id", "name"} or field not in noted(now.whole):
        return None
    left_out = {name: value for name, value in noted(now.whole).items() if name != field}
    whole = simplejson.dumps(left_out, use_decimal=True, ensure_ascii=False)
    return msgspec.structs.replace(now, rejection=None, whole=whole)


def not_deleted(now: Standing, reason: str) -> Standing:
    """Return how it stands after the delete was refused: what needs it is flagged."""
    left = (frozenset(now.command.changed) - now.refused.keys()) & now.abilities.replaces
    refused = {**now.refused, **dict.fromkeys(sorted(left), reason)}
    return msgspec.structs.replace(now, refused=refused, whole=None, taken_down=False)


def made_by_us(now: Standing, look: Look) -> bool:
    """Tell whether a record is the one we made anew: all that was not ours to change is as it was noted."""
    if now.whole is None or look.whole is None or not now.taken_down:
        return False
    before, after = noted(now.whole), noted(look.whole)
    ours = STAMPS | {name.partition(".")[0] for name in now.command.changed}
    return all(same(before.get(name), after.get(name)) for name in (before.keys() | after.keys()) - ours)


def resent(now: Standing, look: Look) -> dict[str, Json]:
    """Return what was sent as it was noted, and the API shows otherwise; without an answer, only what it may have made."""
    if now.whole is None or not now.taken_down or look.image is None:
        return {}
    if look is not now.answered and not (now.window is not None and now.window.holds(look.updated_at)):
        return {}
    sent = {n: v for n, v in flatten(noted(now.whole)).items() if n not in {*STAMPS, *now.command.changed}}
    off = {n: v for n, v in sent.items() if v is not None and n in look.image and not same(v, look.image[n])}
    return {n: v for n, v in off.items() if look is now.answered or plausible(v, look.image[n])}


def body_of(whole: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's body that makes a noted record anew, with other values; empty values are left out."""
    record = {name: value for name, value in noted(whole).items() if name not in STAMPS | {"object"}}
    if isinstance(record.get("taxes"), list):  # read as objects, written as their ids
        record["taxes"] = [one.get("id", one) if isinstance(one, dict) else one for one in record["taxes"]]
    for name, value in values.items():
        head, _, key = name.partition(".")
        if key:
            record[head] = {**(record.get(head) or {}), key: value}
        else:
            record[name] = value
    tidy = {
        n: {k: v for k, v in m.items() if v is not None} if isinstance(m, dict) else m
        for n, m in record.items()
    }
    return {name: value for name, value in tidy.items() if value is not None}
