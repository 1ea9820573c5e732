"""Breakers: when too many links change at once, a direction closes until a person has looked.

Counted are distinct links, per flow, direction and kind (change, or archive and delete), over a sliding window of
minutes; the minute in which a link was last counted stands in its row, so it is never counted twice. Creates are
not counted, nor the changes a new link takes in its first window: the gate stands before those. A tripped direction is
latched: the gate state `tripped` holds every further wish. What was held when a person opened it may pass.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec.structs import replace

from schemas.flow import Flow
from streams.domain import gates
from streams.domain.config import Config
from streams.domain.fold import Fold
from streams.domain.rows import LinkRow, direction_to, side_of, with_side
from streams.domain.tenant_row import Tenant

Kind = Literal["change", "delete"]
KINDS: tuple[Kind, ...] = ("change", "delete")
MINUTE = 60_000


def kind_of(flow: Flow, wish: Mapping[str, Any]) -> Kind:
    """Taking a record out of use is a delete, whatever else it carries."""
    ends = any(prop.type == "archive" and wish.get(prop.name) is False for prop in flow.properties)
    return "delete" if ends else "change"


def _limits(config: Config, kind: Kind) -> tuple[float, int]:
    if kind == "change":
        return config.change_share, config.change_links
    return config.delete_share, config.delete_links


def counted(tenant: Tenant, config: Config, name: str, now: int) -> dict[str, int]:
    """The minutes of the window and how many links were last counted in each."""
    oldest = (now - config.breaker_ms) // MINUTE
    return {minute: n for minute, n in tenant.breakers.get(name, {}).items() if int(minute) > oldest}


def total(tenant: Tenant, flow: str) -> int:
    """The links of a flow that are in use."""
    return tenant.counts.get(f"links|{flow}", 0) - tenant.counts.get(f"retired|{flow}|-", 0)


def admit(fold: Fold, row: LinkRow, system: str, kind: Kind) -> tuple[LinkRow, str]:
    """Counts a link that is about to be written; why it may not be, if that is one too many."""
    if kind == "change" and row.joined and fold.now - row.joined < fold.config.breaker_ms:
        return row, ""
    name = f"{row.flow}|{direction_to(system)}|{kind}"
    minutes = counted(fold.tenant, fold.config, name, fold.now)
    side, minute = side_of(row, system), str(fold.now // MINUTE)
    before = side.counted.get(kind, "")
    if before in minutes:
        minutes[before] -= 1
    minutes[minute] = minutes.get(minute, 0) + 1
    count, links = sum(minutes.values()), total(fold.tenant, row.flow)
    share, least = _limits(fold.config, kind)
    if count > max(least, share * links) + _allowed(fold, name):
        return row, _trip(fold, row.flow, direction_to(system), f"{count} {kind}s of {links} links")
    fold.tenant = replace(fold.tenant, breakers={**fold.tenant.breakers, name: minutes})
    return with_side(row, system, replace(side, counted={**side.counted, kind: minute})), ""


def _allowed(fold: Fold, name: str) -> int:
    until, extra = fold.tenant.allowed.get(name, (0, 0))
    return extra if fold.now < until else 0


def _trip(fold: Fold, flow: str, direction: str, what: str) -> str:
    minutes = fold.config.breaker_ms // MINUTE
    cause = f"{what} within {minutes} minutes: look with `tandem breaker show`, then approve or reject"
    gates.turn(fold, flow, direction, "tripped", cause)
    return f"tripped: {cause}"


def allow(fold: Fold, flow: str, direction: str) -> None:
    """A person has opened a direction: counting begins anew, and what is held there now may pass."""
    held = fold.tenant.counts.get(f"held|{flow}|{direction}", 0)
    names = [f"{flow}|{direction}|{kind}" for kind in KINDS]
    rest = {name: minutes for name, minutes in fold.tenant.breakers.items() if name not in names}
    allowed = dict.fromkeys(names, (fold.now + fold.config.breaker_ms, held))
    fold.tenant = replace(fold.tenant, breakers=rest, allowed={**fold.tenant.allowed, **allowed})


def grant(fold: Fold, name: str, more: int, ms: int) -> None:
    """So many more may pass for a while: a person has approved them where they were found."""
    until, extra = fold.tenant.allowed.get(name, (0, 0))
    before = extra if fold.now < until else 0
    allowed = {**fold.tenant.allowed, name: (max(until, fold.now + ms), before + more)}
    fold.tenant = replace(fold.tenant, allowed=allowed)


def shown(fold: Fold, flow: str, direction: str) -> dict[str, Any]:
    """How many links were written in the window, of how many."""
    counts: dict[str, Any] = {
        kind: sum(counted(fold.tenant, fold.config, f"{flow}|{direction}|{kind}", fold.now).values())
        for kind in KINDS
    }
    return {**counts, "links": total(fold.tenant, flow)}
