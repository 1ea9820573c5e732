"""Listing conflicts, and how finely two systems' clocks tell the edits of one apart."""

from msgspec.structs import replace

from schemas.records import Conflict
from streams.domain.fold import Fold
from streams.domain.index import SYSTEMS
from streams.domain.keys import conflict_key, conflict_place
from streams.domain.merge import Decided
from streams.domain.records_json import to_json
from streams.domain.rows import LinkRow


def tie(fold: Fold) -> int:
    """Times that two clocks have given are told apart no finer than the clocks agree."""
    ahead = [fold.tenant.skews.get(system, 0) for system in SYSTEMS]
    return max(fold.config.tie_ms, abs(ahead[0] - ahead[1]))


def record(fold: Fold, row: LinkRow, decided: Decided) -> None:
    """Lists a conflict: for the CLI in the state, for everybody in its topic."""
    conflict = Conflict(
        id=decided.id,
        link_id=row.id,
        flow=row.flow,
        property=decided.property,
        policy=decided.policy,
        winner=decided.winner,
        at=fold.now,
        base=decided.base,
        invoiced=decided.invoiced,
        crm=decided.crm,
        undecidable=decided.undecidable,
    )
    place = conflict_key(fold.config.tenant, fold.now, decided.id)
    fold.extra[place] = to_json(conflict)
    fold.extra[conflict_place(fold.config.tenant, decided.id)] = place
    fold.send("conflicts", row.id, conflict)
    counts = dict(fold.tenant.counts)
    name = f"conflicts|{row.flow}|{decided.winner}"
    counts[name] = counts.get(name, 0) + 1
    fold.tenant = replace(fold.tenant, counts=counts)
