"""Why a wish of a link may not be written now, and where that stands in its row."""

from msgspec.structs import replace

from streams.domain.fold import Fold
from streams.domain.rows import LinkRow, direction_to


def gate(fold: Fold, flow: str, system: str) -> str:
    """Why nothing may be written to this side of a flow; empty where it is open."""
    if fold.tenant.catching_up is not None:
        return f"catching up: {fold.tenant.catching_up.cause}"
    state, cause = fold.tenant.gates.get(f"{flow}|{direction_to(system)}", ["held", "unknown"])
    return "" if state == "open" else f"{state}: {cause}" if cause else state


def closed(fold: Fold, row: LinkRow, system: str) -> str:
    """Why nothing may be written to this side of a link; empty where it is open."""
    return "link paused" if row.paused else gate(fold, row.flow, system)


def held(row: LinkRow, system: str, why: str) -> LinkRow:
    """The row with its wish for this side held, and why."""
    return replace(row, hold={**row.hold, direction_to(system): why})


def opened(row: LinkRow, system: str) -> LinkRow:
    """The row with nothing held towards this side."""
    return replace(row, hold={way: why for way, why in row.hold.items() if way != direction_to(system)})
