"""Rows read back from the public `links` when the tables are lost: what is there already is never replaced."""

from msgspec.structs import replace

from schemas.records import Restore
from streams.domain.fold import Fold
from streams.domain.index import SYSTEMS
from streams.domain.rows import LinkRow, RefRow, RefState, side_of, with_side
from streams.domain.views import from_public


def restore(fold: Fold, body: Restore) -> None:
    """One row comes back: as it was published, with nothing in flight."""
    if fold.link(body.link_id) is not None:
        return
    row: LinkRow = from_public(str(body.row["row"]))
    for system in SYSTEMS:
        side = side_of(row, system)
        row = with_side(row, system, replace(side, flight=None, retry_at=0))
        for ref in (*side.former, side.ref):
            if ref is not None and fold.ref(ref) is None:
                state: RefState = "linked" if ref == side.ref else "former"
                fold.put_ref(RefRow(ref=ref, state=state, link_id=row.id, flow=row.flow))
    fold.put_link(row)
