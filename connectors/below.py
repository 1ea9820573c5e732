"""Which records of a parent may be the one that is to be created: they agree with it, or are the work of a lost try."""

from collections.abc import Iterable

from connectors.look import plausible
from connectors.sink import matches
from schemas.records import Command, Found, Json, Trying

SECOND = 1000
XREF = "ExternalId"
SPLIT = ("FirstName", "LastName")  # halves of one key: who shares half a name is somebody else
DISTINCT = ("name", "email", "phone", "FirstName", "LastName", "Email", "Phone")


def candidates(
    found: Iterable[Found], command: Command, tried: Trying | None, *, doubtful: bool
) -> tuple[Found, ...]:
    """Return those that agree with any of the command's keys; after a doubtful try also newer ones that may be ours."""
    since = (tried.at + tried.skew_ms) // SECOND if doubtful and tried is not None else None
    return tuple(
        one
        for one in found
        if _agrees(one, command) or (since is not None and _newer(one, since) and _ours(one, command))
    )


def _agrees(one: Found, command: Command) -> bool:
    if command.xref is not None and one.image.get(XREF) == command.xref:
        return True
    keys = {name: value for name, value in command.keys.items() if value not in (None, "")}
    split = {name: keys[name] for name in SPLIT if name in keys}
    alone = keys.keys() - _parents(command) - split.keys()
    return any(matches(one.image, {name: keys[name]}) for name in alone) or (
        bool(split) and matches(one.image, split)
    )


def _parents(command: Command) -> set[str]:
    """Names whose value is the parent itself: all of its records agree in them."""
    number = (command.parent or "").rpartition(":")[2]
    return {name for name, value in command.keys.items() if str(value) == number}


def _newer(one: Found, since: int) -> bool:
    """Tell whether a record was made since that second, as far as it shows when."""
    made: Json = one.image.get("created_at")
    if isinstance(made, int) and not isinstance(made, bool):
        return made >= since
    return one.updated_at is None or one.updated_at // SECOND >= since


def _ours(one: Found, command: Command) -> bool:
    """Tell whether a record may be what we sent: one of the values that tell people apart is there, perhaps normalised."""
    wanted = {name: command.values.get(name) for name in DISTINCT if command.values.get(name)}
    shown = {name: one.image.get(name) for name in wanted if one.image.get(name)}
    return not wanted or any(plausible(wanted[name], value) for name, value in shown.items())
