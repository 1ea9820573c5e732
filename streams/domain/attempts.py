"""Why the last attempt to write a side had no answer for good: what status and links tell while it is tried again."""

from datetime import UTC, datetime

from msgspec.structs import replace

from schemas.records import Result
from streams.domain import keys
from streams.domain.fold import Fold
from streams.domain.rows import Side, side_of, with_side

LOOKED_AT = 20  # links of a direction whose login is refused that are asked since when
KEPT = {"held", "superseded"}  # not tried at all: what the attempt before was told still holds


def note(fold: Fold, answer: Result) -> None:
    """Notes in the row what an attempt was told; a definite answer ends it. Nothing counts while catching up."""
    row = fold.link(answer.link_id)
    if row is None or fold.tenant.catching_up is not None or answer.outcome in KEPT | {"overwritten"}:
        return
    side = side_of(row, answer.system)
    flight = side.flight or side.unanswered
    if flight is not None and flight.id == answer.command_id:
        fold.put_link(with_side(row, answer.system, _noted(side, answer, fold.now)))


def _noted(side: Side, answer: Result, now: int) -> Side:
    if answer.outcome != "retry_at":
        parked = (0, 0) if answer.outcome == "done" else side.parked
        return replace(side, why="", login_at=0, parked=parked)
    login_at = (side.login_at or now) if answer.cause == "login" else 0
    return replace(side, why=answer.message or answer.cause or "", login_at=login_at)


def refused_login(fold: Fold, flow: str, direction: str) -> str:
    """What a direction's writes are told whose login is refused, and since when; empty where it is not."""
    found = fold.entries("list", "login", flow, direction, limit=LOOKED_AT)
    system = direction.removeprefix("to-")
    rows = [fold.link(keys.last_part(key)) for key in found]
    sides = sorted(
        (side.login_at, side.why) for row in rows if row is not None for side in [side_of(row, system)]
    )
    if not sides:
        return ""
    since, why = sides[0]
    return f"{system}: {why}; since {datetime.fromtimestamp(since // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def sample(fold: Fold) -> str:
    """What one of those that are tried again was told, and which direction's it is; empty where nobody knows."""
    for key in fold.entries("list", "retrying", limit=LOOKED_AT):
        flow, direction = key.decode().split("|")[-3:-1]
        row = fold.link(keys.last_part(key))
        why = side_of(row, direction.removeprefix("to-")).why if row is not None else ""
        if why:
            return f"{flow} {direction}: {why}"
    return ""


def again(side: Side) -> Side:
    """A parked wish that a person has tried again: its age is kept, for it may end where it was."""
    stuck = side.stuck
    parked = (stuck.first_at, stuck.attempts) if stuck is not None else side.parked
    return replace(side, stuck=None, refused={}, parked=parked)


def aged(fold: Fold, link_id: str, system: str) -> None:
    """Parked once more it is as old as it was, and was tried so often; what is through is nothing any more."""
    row = fold.link(link_id)
    side = side_of(row, system) if row is not None else Side()
    if row is None or side.parked == (0, 0) or side.flight is not None or side.retry_at:
        return
    first_at, attempts = side.parked
    stuck = side.stuck
    if stuck is not None:
        stuck = replace(stuck, first_at=first_at, attempts=attempts + stuck.attempts)
    fold.put_link(with_side(row, system, replace(side, stuck=stuck, parked=(0, 0))))
