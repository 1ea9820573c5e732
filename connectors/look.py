"""What a look at a record showed, and what that says about a command: at its target, as expected, or else."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from connectors.image import same_number
from schemas.records import Command, Found, Image, Json

# What a record shows that was taken out of use: none is made so.
OUT_OF_USE: Mapping[str, Json] = {"active": False, "IsActive": False, "IsDeleted": True}


class Look(Struct, frozen=True):
    """A record as one answer showed it; no image: it does not exist. `whole`: its JSON, where it may be made anew.

    `lines`: the ids of its lines by their keys, as far as they are known.
    """

    image: Image | None
    updated_at: int | None = None
    version: str | None = None
    read_at: int = 0
    whole: str | None = None
    lines: Mapping[str, str] = {}


class Window(Struct, frozen=True):
    """Between which times (the system's clock, ms) our own attempts may have changed a record."""

    start: int
    end: int

    def holds(self, stamp: int | None) -> bool:
        """Tell whether a stamp lies in the window; its second is enough."""
        return stamp is not None and self.start // 1000 <= stamp // 1000 <= self.end // 1000


def off_target(image: Image, command: Command, names: Iterable[str]) -> frozenset[str]:
    """Return the names that do not show what the command wants."""
    return frozenset(name for name in names if not same_number(image.get(name), command.values.get(name)))


def unexpected(image: Image, command: Command, names: Iterable[str]) -> frozenset[str]:
    """Return the names that do not show what the command's maker saw; one nobody had seen may show anything."""
    expected = command.expected
    return frozenset(
        name for name in names if name in expected and not same_number(image.get(name), expected[name])
    )


def unseen(held: Image | None, command: Command) -> bool:
    """Tell whether the poller has seen something in the command's place that its maker had not."""
    if held is None or command.verb != "update":
        return False
    return bool(unexpected(held, command, off_target(held, command, command.changed)))


def unanswered(found: Found, command: Command, tried_at: int) -> Look:
    """Return what our own create shows whose answer was lost: as it is found; what somebody edited meanwhile, as sent.

    So does what was in use when it was made. Such an edit is then met by the poller as a change after our create,
    and goes its way.
    """
    off = off_target(found.image, command, command.changed)
    ended = {name: not mark for name, mark in OUT_OF_USE.items() if found.image.get(name) is mark}
    if not ended and all_plausible(found.image, command.values, off):
        return Look(found.image, found.updated_at)
    sent = ended | {name: command.values.get(name) for name in off}
    return Look({**found.image, **sent}, read_at=max(1, tried_at))


def plausible(target: Json, present: Json) -> bool:
    """Tell whether an API may have made one from the other: trimmed, cut, re-cased, reformatted, rounded, dropped."""
    if present in (None, ""):
        return True
    numbers = _numbers(target, present)
    if numbers is not None:
        return abs(numbers[0] - numbers[1]) <= 1
    left, right = _letters(target), _letters(present)
    return bool(right) and (left.startswith(right) or right in left or left in right)


def all_plausible(image: Image, values: Mapping[str, Json], names: Iterable[str]) -> bool:
    """Tell whether every named value may be ours, normalised."""
    return all(plausible(values.get(name), image.get(name)) for name in names)


def _letters(value: Json) -> str:
    return "".join(sign for sign in str(value).casefold() if sign.isalnum())


def _numbers(target: Json, present: Json) -> tuple[Decimal, Decimal] | None:
    if isinstance(target, bool) or isinstance(present, bool):
        return None
    try:
        return Decimal(str(target)), Decimal(str(present))
    except InvalidOperation:
        return None
